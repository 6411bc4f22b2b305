using System.Net;

namespace Vireo.Tests.ApiServer.Writing;

public sealed class DeleteTests : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_deleted_object_that_nothing_holds_is_gone()
    {
        var made = await _server.MakeAsync("a");
        var reply = await _server.DeleteAsync(Maps + "/a");
        reply.Code.ShouldBe(HttpStatusCode.OK);
        reply["status"]!.ToString().ShouldBe("Success");
        reply["details"]!["uid"]!.ToString().ShouldBe(made["metadata"]!["uid"]!.ToString());
        reply["details"]!["kind"]!.ToString().ShouldBe("configmaps");
        (await _server.GetAsync(Maps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await _server.DeleteAsync(Maps + "/a")).Message.ShouldBe("configmaps \"a\" not found");
    }

    [Fact]
    public async Task A_deleted_object_with_a_finalizer_stays_until_it_is_removed()
    {
        await _server.MakeAsync("a", """, "finalizers":["example.com/x"]""");
        var reply = await _server.DeleteAsync(Maps + "/a");
        reply["kind"]!.ToString().ShouldBe("ConfigMap");
        reply["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        reply["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>().ShouldBe(0);

        var again = await _server.DeleteAsync(Maps + "/a");
        again.Text.ShouldBe(reply.Text);
        var added = await _server.MergeAsync(
            Maps + "/a",
            """{"metadata":{"finalizers":["example.com/x","example.com/y"]}}"""
        );
        added.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        added.Message.ShouldContain("no new finalizers can be added if the object is being deleted");
        (await _server.MergeAsync(Maps + "/a", """{"metadata":{"deletionTimestamp":null}}"""))["metadata"]!
            ["deletionTimestamp"]
            .ShouldNotBeNull();

        (await _server.MergeAsync(Maps + "/a", """{"metadata":{"finalizers":null}}""")).Code.ShouldBe(
            HttpStatusCode.OK
        );
        (await _server.GetAsync(Maps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Foreground", "foregroundDeletion")]
    [InlineData("Orphan", "orphan")]
    public async Task A_propagation_policy_leaves_its_finalizer_for_the_garbage_collector(
        string policy,
        string finalizer
    )
    {
        await _server.MakeAsync("a");
        await _server.MakeAsync("b");
        var byBody = await _server.DeleteAsync(Maps + "/a", $$"""{"propagationPolicy":"{{policy}}"}""");
        byBody["metadata"]!["finalizers"]!.ToJsonString().ShouldBe($"[\"{finalizer}\"]");
        var byQuery = await _server.DeleteAsync(Maps + "/b?propagationPolicy=" + policy);
        byQuery["metadata"]!["finalizers"]!.ToJsonString().ShouldBe($"[\"{finalizer}\"]");

        await _server.DeleteAsync(Maps + "/a", """{"propagationPolicy":"Background"}""");
        (await _server.GetAsync(Maps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_unknown_policy_is_refused()
    {
        await _server.MakeAsync("a");
        (await _server.DeleteAsync(Maps + "/a?propagationPolicy=Sideways")).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        (await _server.GetAsync(Maps + "/a")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_deletion_meant_for_another_object_or_state_is_a_conflict()
    {
        var made = await _server.MakeAsync("a");
        (await _server.DeleteAsync(Maps + "/a", """{"preconditions":{"uid":"other"}}""")).Code.ShouldBe(
            HttpStatusCode.Conflict
        );
        (await _server.DeleteAsync(Maps + "/a", """{"preconditions":{"resourceVersion":"1"}}""")).Message.ShouldContain(
            "ResourceVersion in precondition: 1"
        );
        var uid = made["metadata"]!["uid"];
        (await _server.DeleteAsync(Maps + "/a", $$$"""{"preconditions":{"uid":"{{{uid}}}"}}""")).Code.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task A_trial_deletes_nothing()
    {
        await _server.MakeAsync("a");
        (await _server.DeleteAsync(Maps + "/a", """{"dryRun":["All"]}""")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.DeleteAsync(Maps + "/a?dryRun=All")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync(Maps + "/a")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        await _server.MakeAsync("a", """, "labels":{"x":"y"}""");
        await _server.MakeAsync("b");
        await _server.MakeAsync("c", """, "labels":{"x":"y"}""");
        var reply = await _server.DeleteAsync(Maps + "?labelSelector=x%3Dy");
        reply.Names.ShouldBe(["a", "c"]);
        (await _server.GetAsync(Maps)).Names.ShouldBe(["b"]);
        (await _server.DeleteAsync("/api/v1/configmaps")).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Deletion_counts_as_a_generation_where_these_are_counted()
    {
        await _server.MakeVmAsync("a", """, "finalizers":["example.com/x"]""");
        (await _server.DeleteAsync(RunningServer.Vms + "/a"))["metadata"]!["generation"]!.GetValue<int>().ShouldBe(2);
    }
}
