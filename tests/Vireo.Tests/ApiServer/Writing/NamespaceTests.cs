using System.Net;

namespace Vireo.Tests.ApiServer.Writing;

public sealed class NamespaceTests : IAsyncLifetime
{
    private const string Path = "/api/v1/namespaces";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        (await _server.PostAsync(Path, """{"metadata":{"name":"team"}}""")).Code.ShouldBe(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_first_start_makes_the_namespaces_and_the_configuration()
    {
        await using var fresh = await RunningServer.StartAsync();
        (await fresh.GetAsync(Path)).Names.ShouldBe(["default", "kube-node-lease", "kube-system", "kubevirt"]);
        var configuration = await fresh.GetAsync("/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt");
        configuration["status"]!["phase"]!.ToString().ShouldBe("Deployed");
    }

    [Fact]
    public async Task A_new_namespace_is_active_held_open_and_bears_its_name()
    {
        var made = await _server.GetAsync(Path + "/team");
        made["status"]!["phase"]!.ToString().ShouldBe("Active");
        made["spec"]!["finalizers"]!.ToJsonString().ShouldBe("""["kubernetes"]""");
        made["metadata"]!["labels"]!["kubernetes.io/metadata.name"]!.ToString().ShouldBe("team");
        var changed = await _server.MergeAsync(
            Path + "/team",
            """{"metadata":{"labels":null},"spec":{"finalizers":[]}}"""
        );
        changed["metadata"]!["labels"]!["kubernetes.io/metadata.name"]!.ToString().ShouldBe("team");
        changed["spec"]!["finalizers"]!.ToJsonString().ShouldBe("""["kubernetes"]""");
    }

    [Fact]
    public async Task A_namespace_that_goes_takes_nothing_new_and_is_gone_when_finalized()
    {
        var going = await _server.DeleteAsync(Path + "/team");
        going["status"]!["phase"]!.ToString().ShouldBe("Terminating");
        going["metadata"]!["deletionTimestamp"].ShouldNotBeNull();

        var reply = await _server.PostAsync(Path + "/team/configmaps", """{"metadata":{"name":"a"}}""");
        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
        reply.Message.ShouldBe(
            "configmaps \"a\" is forbidden: unable to create new content in namespace team because it is being terminated"
        );
        reply["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("NamespaceTerminating");

        var body = going.Json;
        body["spec"]!.AsObject().Remove("finalizers");
        (await _server.PutAsync(Path + "/team/finalize", body.ToJsonString())).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync(Path + "/team")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>Whoever ends it may not have seen what came last: nothing stays in a namespace that is gone.</summary>
    [Fact]
    public async Task A_namespace_that_has_objects_in_it_is_not_finalized()
    {
        await _server.PostAsync(Path + "/team/configmaps", """{"metadata":{"name":"a"}}""");
        var body = (await _server.DeleteAsync(Path + "/team")).Json;
        body["spec"]!.AsObject().Remove("finalizers");

        var refused = await _server.PutAsync(Path + "/team/finalize", body.ToJsonString());

        refused.Code.ShouldBe(HttpStatusCode.Conflict);
        refused.Message.ShouldContain("there are objects in it");
        await _server.DeleteAsync(Path + "/team/configmaps/a");
        (await _server.PutAsync(Path + "/team/finalize", body.ToJsonString())).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync(Path + "/team")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_namespace_with_a_finalizer_of_its_own_waits_for_both()
    {
        await _server.MergeAsync(Path + "/team", """{"metadata":{"finalizers":["example.com/x"]}}""");
        var going = await _server.DeleteAsync(Path + "/team");
        var body = going.Json;
        body["spec"]!.AsObject().Remove("finalizers");
        await _server.PutAsync(Path + "/team/finalize", body.ToJsonString());
        (await _server.GetAsync(Path + "/team")).Code.ShouldBe(HttpStatusCode.OK);
        await _server.MergeAsync(Path + "/team", """{"metadata":{"finalizers":null}}""");
        (await _server.GetAsync(Path + "/team")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_cluster_cannot_be_without_some_namespaces()
    {
        var reply = await _server.DeleteAsync(Path + "/default");
        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
        reply.Message.ShouldBe("namespaces \"default\" is forbidden: this namespace may not be deleted");
    }

    [Fact]
    public async Task Namespaces_are_not_deleted_all_at_once() =>
        (await _server.DeleteAsync(Path)).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);

    [Fact]
    public async Task A_namespace_is_named_by_a_label_and_is_in_no_other()
    {
        (await _server.PostAsync(Path, """{"metadata":{"name":"a.b"}}""")).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        (await _server.PostAsync(Path, """{"metadata":{"name":"c","namespace":"d"}}""")).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
    }
}
