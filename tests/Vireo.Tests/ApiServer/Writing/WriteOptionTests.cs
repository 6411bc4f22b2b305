using System.Net;
using Vireo.Api;
using Vireo.ApiServer.Writing;

namespace Vireo.Tests.ApiServer.Writing;

public sealed class WriteOptionTests : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;
    private const string NotSupported = "FieldValueNotSupported";
    private const string NotAll = "Unsupported value: [\"foo\"]: supported values: \"All\"";
    private const string NoValidation =
        "Unsupported value: \"foo\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"";
    private const string NoPolicy =
        "Unsupported value: \"foo\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("POST", "", "dryRun=foo", "CreateOptions", "dryRun", NotSupported, NotAll)]
    [InlineData("PUT", "/a", "dryRun=foo", "UpdateOptions", "dryRun", NotSupported, NotAll)]
    [InlineData("PATCH", "/a", "dryRun=foo", "PatchOptions", "dryRun", NotSupported, NotAll)]
    [InlineData("DELETE", "/a", "dryRun=foo", "DeleteOptions", "dryRun", NotSupported, NotAll)]
    [InlineData("DELETE", "", "dryRun=foo", "DeleteOptions", "dryRun", NotSupported, NotAll)]
    [InlineData("POST", "", "fieldValidation=foo", "CreateOptions", "fieldValidation", NotSupported, NoValidation)]
    [InlineData("PATCH", "/a", "fieldValidation=foo", "PatchOptions", "fieldValidation", NotSupported, NoValidation)]
    [InlineData("DELETE", "/a", "propagationPolicy=foo", "DeleteOptions", "propagationPolicy", NotSupported, NoPolicy)]
    [InlineData(
        "PATCH",
        "/a",
        "force=true",
        "PatchOptions",
        "force",
        "FieldValueForbidden",
        "Forbidden: may not be specified for non-apply patch"
    )]
    public async Task What_makes_no_sense_in_the_query_of_a_write_is_invalid_by_field(
        string method,
        string path,
        string query,
        string options,
        string field,
        string reason,
        string message
    )
    {
        await _server.MakeAsync("a");
        var body = method == "DELETE" ? null : """{"metadata":{"name":"a"} }""";
        var type = method == "PATCH" ? "application/merge-patch+json" : "application/json";

        var reply = await _server.SendAsync(method, $"{Maps}{path}?{query}", body, type);

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Reason.ShouldBe("Invalid");
        reply.Message.ShouldBe($"{options}.meta.k8s.io \"\" is invalid: {field}: {message}");
        reply["details"]!["group"]!.ToString().ShouldBe("meta.k8s.io");
        reply["details"]!["kind"]!.ToString().ShouldBe(options);
        var cause = reply["details"]!["causes"]!.AsArray().ShouldHaveSingleItem()!;
        cause["field"]!.ToString().ShouldBe(field);
        cause["reason"]!.ToString().ShouldBe(reason);
        cause["message"]!.ToString().ShouldBe(message);
        (await _server.GetAsync($"{Maps}/a")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task All_that_makes_no_sense_is_told_at_once()
    {
        var manager = new string('m', 129);
        var reply = await _server.PostAsync(
            $"{Maps}?dryRun=foo&fieldValidation=foo&fieldManager={manager}",
            """{"metadata":{"name":"a"} }"""
        );
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Json["details"]!["causes"]!
            .AsArray()
            .Select(cause => cause!["field"]!.ToString())
            .ShouldBe(["fieldManager", "dryRun", "fieldValidation"]);
        reply.Message.ShouldContain("fieldManager: Too long: may not be more than 128 bytes");
    }

    [Fact]
    public async Task The_options_in_the_body_of_a_deletion_are_held_to_the_same_rules()
    {
        await _server.MakeAsync("a");
        var reply = await _server.DeleteAsync(
            $"{Maps}/a",
            """{"propagationPolicy":"foo","orphanDependents":true,"dryRun":["foo"]}"""
        );
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Json["details"]!["causes"]!
            .AsArray()
            .Select(cause => cause!["field"]!.ToString())
            .ShouldBe(["propagationPolicy", "propagationPolicy", "dryRun"]);
        (await _server.GetAsync($"{Maps}/a")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", "fieldManager")]
    [InlineData("?fieldManager=x&dryRun=foo", "dryRun")]
    public async Task An_apply_is_held_to_the_rules_of_patches(string query, string field)
    {
        var body = """{"apiVersion":"v1","kind":"ConfigMap"}""";
        var reply = await _server.SendAsync("PATCH", $"{Maps}/a{query}", body, "application/apply-patch+yaml");
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply["details"]!["kind"]!.ToString().ShouldBe("PatchOptions");
        reply["details"]!["causes"]![0]!["field"]!.ToString().ShouldBe(field);
    }

    [Theory]
    [InlineData("Foreground")]
    [InlineData("Background")]
    [InlineData("Orphan")]
    [InlineData(null)]
    public void What_makes_sense_has_no_causes(string? policy)
    {
        WriteOptionRules.OfDeletion(new DeleteOptions { PropagationPolicy = policy, DryRun = ["All"] }).ShouldBeEmpty();
        WriteOptionRules.OfWrite(new string('m', 128), ["All", "All"], "Strict").ShouldBeEmpty();
        WriteOptionRules.OfWrite(null, [], null).ShouldBeEmpty();
        WriteOptionRules.OfPatch(isApply: true, "m", "true").ShouldBeEmpty();
        WriteOptionRules.OfPatch(isApply: false, null, null).ShouldBeEmpty();
    }
}
