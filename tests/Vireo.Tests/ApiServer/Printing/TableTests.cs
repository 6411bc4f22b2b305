using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Printing;

public sealed class TableTests : IAsyncLifetime
{
    private const string Table =
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
    private const string Partial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";
    private const string PartialList =
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

    private readonly ManualTimeProvider _time = new();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(_time);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_table_has_the_columns_of_the_kind()
    {
        await _server.MakeVmAsync("a");
        await _server.MergeAsync(
            RunningServer.Vms + "/a/status",
            """{"status":{"printableStatus":"Running","conditions":[{"type":"Ready","status":"True"}]}}"""
        );
        _time.Advance(TimeSpan.FromMinutes(5));
        var table = await _server.GetAsync(RunningServer.Vms, Table);
        table.ContentType.ShouldBe("application/json; as=Table; v=v1; g=meta.k8s.io");
        table["kind"]!.ToString().ShouldBe("Table");
        table["metadata"]!["resourceVersion"].ShouldNotBeNull();
        Cells(table["columnDefinitions"]!, "name").ShouldBe(["Name", "Age", "Status", "Ready", "MachineType"]);
        Cells(table["columnDefinitions"]!, "type").ShouldBe(["string", "date", "string", "string", "string"]);
        table["rows"]![0]!["cells"]!.ToJsonString().ShouldBe("""["a","5m","Running","True",null]""");
        var row = table["rows"]![0]!["object"]!;
        row["kind"]!.ToString().ShouldBe("PartialObjectMetadata");
        row["metadata"]!["namespace"]!.ToString().ShouldBe("default");
        row.AsObject().ContainsKey("spec").ShouldBeFalse();
    }

    [Fact]
    public async Task A_single_object_is_a_table_of_one_row()
    {
        var made = await _server.MakeAsync("a", data: """{"x":"1","y":"2"}""");
        var table = await _server.GetAsync(RunningServer.ConfigMaps + "/a", Table);
        table["metadata"]!["resourceVersion"]!.ToString().ShouldBe(made["metadata"]!["resourceVersion"]!.ToString());
        table["rows"]![0]!["cells"]!.ToJsonString().ShouldBe("""["a",2,"0s"]""");
    }

    [Theory]
    [InlineData("None", null)]
    [InlineData("Object", "ConfigMap")]
    [InlineData("Metadata", "PartialObjectMetadata")]
    public async Task Rows_carry_what_the_client_wants(string include, string? kind)
    {
        await _server.MakeAsync("a");
        var table = await _server.GetAsync(RunningServer.ConfigMaps + "?includeObject=" + include, Table);
        (table["rows"]![0]!["object"]?["kind"]?.ToString()).ShouldBe(kind);
        (await _server.GetAsync(RunningServer.ConfigMaps + "?includeObject=Some", Table)).Code.ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    [Fact]
    public async Task Values_that_are_missing_are_empty_and_dates_unknown()
    {
        const string Events = "/api/v1/namespaces/default/events";
        var made = await _server.PostAsync(
            Events,
            """{"metadata":{"name":"a"},"involvedObject":{"kind":"X","name":"x","namespace":"default"},"type":"Normal"}"""
        );
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        var table = await _server.GetAsync(Events, Table);
        table.Text.ShouldContain("""{"cells":["a","<unknown>","Normal",null,"X","x",null,null],""");
    }

    [Fact]
    public async Task Metadata_alone_can_be_had_of_an_object_a_list_and_a_watch()
    {
        var made = await _server.MakeVmAsync("a");
        var one = await _server.GetAsync(RunningServer.Vms + "/a", Partial);
        one["kind"]!.ToString().ShouldBe("PartialObjectMetadata");
        one["metadata"]!.ToJsonString().ShouldBe(made["metadata"]!.ToJsonString());
        one.Json.ContainsKey("spec").ShouldBeFalse();

        var list = await _server.GetAsync(RunningServer.Vms, PartialList);
        list["kind"]!.ToString().ShouldBe("PartialObjectMetadataList");
        list["items"]![0]!["kind"]!.ToString().ShouldBe("PartialObjectMetadata");

        using var watch = await _server.WatchAsync(
            RunningServer.Vms + "?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
            Partial
        );
        (await watch.NextAsync())!["object"]!["kind"]!.ToString().ShouldBe("PartialObjectMetadata");
        (await watch.NextAsync())!["object"]!["kind"]!.ToString().ShouldBe("PartialObjectMetadata");
    }

    [Fact]
    public async Task A_form_that_nobody_can_write_is_not_acceptable()
    {
        (await _server.GetAsync(RunningServer.Vms, "application/vnd.kubernetes.protobuf")).Code.ShouldBe(
            HttpStatusCode.NotAcceptable
        );
        (await _server.GetAsync(RunningServer.Vms, "application/vnd.kubernetes.protobuf,*/*")).Code.ShouldBe(
            HttpStatusCode.OK
        );
    }

    private static IEnumerable<string> Cells(JsonNode list, string name) =>
        list.AsArray().Select(item => item![name]!.ToString());
}
