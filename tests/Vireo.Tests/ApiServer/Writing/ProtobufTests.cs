using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Writing;

/// <summary>Bodies as Go's typed clients write them: an envelope around a message.</summary>
public sealed class ProtobufTests : IAsyncLifetime
{
    private const string Type = "application/vnd.kubernetes.protobuf";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_config_map_is_read_with_its_maps()
    {
        byte[] meta =
        [
            .. Field(1, "a"),
            .. Field(2, ""),
            .. Field(8, []),
            .. Field(11, [.. Field(1, "x"), .. Field(2, "y")]),
        ];
        byte[] message =
        [
            .. Field(1, meta),
            .. Field(2, [.. Field(1, "key"), .. Field(2, "größe")]),
            .. Field(3, [.. Field(1, "bin"), .. Field(2, [0, 255])]),
            4 << 3,
            1,
        ];
        var reply = await SendAsync("POST", RunningServer.ConfigMaps, Envelope("v1", "ConfigMap", message));
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        reply["metadata"]!["labels"]!["x"]!.ToString().ShouldBe("y");
        reply["data"]!["key"]!.ToString().ShouldBe("größe");
        reply["binaryData"]!["bin"]!.ToString().ShouldBe("AP8=");
        reply["immutable"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_is_read_with_its_times()
    {
        // 2026-01-31T12:00:00.250Z
        byte[] time = [1 << 3, .. Varint(1769860800), 2 << 3, .. Varint(250_000_000)];
        byte[] spec = [.. Field(1, "me"), 2 << 3, 15, .. Field(4, time)];
        byte[] message = [.. Field(1, Field(1, "a")), .. Field(2, spec)];
        var reply = await SendAsync(
            "POST",
            "/apis/coordination.k8s.io/v1/namespaces/default/leases",
            Envelope("coordination.k8s.io/v1", "Lease", message)
        );
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        JsonNode
            .DeepEquals(
                reply["spec"],
                JsonNode.Parse(
                    """{"holderIdentity":"me","leaseDurationSeconds":15,"renewTime":"2026-01-31T12:00:00.250000Z"}"""
                )
            )
            .ShouldBeTrue(reply.Text);
    }

    [Fact]
    public async Task A_lease_is_read_with_how_its_holder_is_chosen()
    {
        byte[] spec = [.. Field(6, "OldestEmulationVersion"), .. Field(7, "other")];
        byte[] message = [.. Field(1, Field(1, "a")), .. Field(2, spec)];
        var reply = await SendAsync(
            "POST",
            "/apis/coordination.k8s.io/v1/namespaces/default/leases",
            Envelope("coordination.k8s.io/v1", "Lease", message)
        );
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        Same(reply["spec"], """{"strategy":"OldestEmulationVersion","preferredHolder":"other"}""");
    }

    [Fact]
    public async Task An_event_is_read_with_its_series_and_what_it_is_related_to()
    {
        byte[] time = [1 << 3, .. Varint(1769860800), 2 << 3, .. Varint(250_000_000)];
        byte[] message =
        [
            .. Field(1, Field(1, "a")),
            .. Field(2, [.. Field(1, "Node"), .. Field(3, "n")]),
            .. Field(11, [1 << 3, 3, .. Field(2, time)]),
            .. Field(12, "Starting"),
            .. Field(13, [.. Field(1, "Pod"), .. Field(2, "default"), .. Field(3, "p")]),
        ];
        var reply = await SendAsync("POST", "/api/v1/namespaces/default/events", Envelope("v1", "Event", message));
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        Same(reply["series"], """{"count":3,"lastObservedTime":"2026-01-31T12:00:00.250000Z"}""");
        Same(reply["related"], """{"kind":"Pod","namespace":"default","name":"p"}""");
        reply["action"]!.ToString().ShouldBe("Starting");
    }

    [Fact]
    public async Task A_node_is_read_with_its_taints_amounts_and_conditions()
    {
        byte[] taint = [.. Field(1, "k"), .. Field(3, "NoSchedule")];
        byte[] condition = [.. Field(1, "Ready"), .. Field(2, "True"), .. Field(3, [1 << 3, .. Varint(1769860800)])];
        byte[] status =
        [
            .. Field(1, [.. Field(1, "memory"), .. Field(2, Field(1, "8Gi"))]),
            .. Field(1, [.. Field(1, "cpu"), .. Field(2, Field(1, "4"))]),
            .. Field(4, condition),
            .. Field(5, [.. Field(1, "InternalIP"), .. Field(2, "10.0.0.1")]),
            .. Field(7, [.. Field(1, "id"), .. Field(10, "amd64")]),
        ];
        byte[] message =
        [
            .. Field(1, Field(1, "n")),
            .. Field(2, [4 << 3, 1, .. Field(5, taint)]),
            .. Field(3, status),
        ];
        var made = await SendAsync("POST", "/api/v1/nodes", Envelope("v1", "Node", message));
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        Same(made["spec"], """{"unschedulable":true,"taints":[{"key":"k","effect":"NoSchedule"}]}""");

        byte[] named = [.. Field(1, [.. Field(1, "n"), .. Field(6, made["metadata"]!["resourceVersion"]!.ToString())])];
        byte[] told = [.. named, .. Field(3, status)];
        var reply = await SendAsync("PUT", "/api/v1/nodes/n/status", Envelope("v1", "Node", told));
        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        Same(reply["status"]!["capacity"], """{"memory":"8Gi","cpu":"4"}""");
        Same(
            reply["status"]!["conditions"],
            """[{"type":"Ready","status":"True","lastHeartbeatTime":"2026-01-31T12:00:00Z"}]"""
        );
        Same(reply["status"]!["addresses"], """[{"type":"InternalIP","address":"10.0.0.1"}]""");
        Same(reply["status"]!["nodeInfo"], """{"machineID":"id","architecture":"amd64"}""");
    }

    [Fact]
    public async Task What_a_node_has_that_is_not_kept_is_named_and_not_lost_in_silence()
    {
        byte[] message = [.. Field(1, Field(1, "n")), .. Field(2, Field(3, "cloud://n"))];
        var reply = await SendAsync("POST", "/api/v1/nodes?fieldValidation=Strict", Envelope("v1", "Node", message));
        reply.Code.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        reply.Message.ShouldContain("spec.providerID");
    }

    [Fact]
    public async Task Options_of_a_deletion_are_read_for_every_kind()
    {
        await _server.MakeVmAsync("a");
        var options = Envelope("v1", "DeleteOptions", Field(2, Field(1, "other")));
        (await SendAsync("DELETE", RunningServer.Vms + "/a", options)).Code.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_custom_resource_is_not_written_in_protobuf() =>
        (await SendAsync("POST", RunningServer.Vms, Envelope("kubevirt.io/v1", "VirtualMachine", []))).Code.ShouldBe(
            HttpStatusCode.UnsupportedMediaType
        );

    [Theory]
    [InlineData("6b387300ff")]
    [InlineData("6b3873000aff")]
    [InlineData("6b38730012020a7f")]
    [InlineData("6b38730012030a01ff")]
    [InlineData("6b387300120408ffffffffffffffffffffff")]
    [InlineData("6b387300120b0a09")]
    [InlineData("00")]
    public async Task A_broken_message_is_a_bad_request(string hex)
    {
        var reply = await SendAsync("POST", RunningServer.ConfigMaps, Convert.FromHexString(hex));
        reply.Code.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        reply.Message.ShouldStartWith("the body of the request is not valid protobuf: ");
    }

    private async Task<Reply> SendAsync(string method, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(Type);
        request.Headers.TryAddWithoutValidation("Accept", Type + ",application/json");
        using var response = await _server.Client.SendAsync(request);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), [], null);
    }

    private static void Same(JsonNode? found, string expected) =>
        JsonNode.DeepEquals(found, JsonNode.Parse(expected)).ShouldBeTrue($"{found?.ToJsonString()}");

    private static byte[] Envelope(string apiVersion, string kind, byte[] message) =>
        [
            .. "k8s\0"u8,
            .. Field(1, [.. Field(1, apiVersion), .. Field(2, kind)]),
            .. Field(2, message),
            .. Field(3, ""),
        ];

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] value) =>
        [(byte)((number << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
