using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Discovery;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Hosting;

/// <summary>Makes what a cluster has from its first moment: namespaces, and the KubeVirt object.</summary>
/// <remarks>Goes through the API as any client does, so these objects are like all others.</remarks>
internal sealed class FirstStart(ResourceStore store, HttpClient client)
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-node-lease", "kubevirt"];

    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var name in Namespaces)
        {
            if (store.Find(ResourceKinds.Namespaces, null, name) is null)
            {
                await SendAsync(HttpMethod.Post, "/api/v1/namespaces", Named(ResourceKinds.Namespaces, name), ct);
            }
        }

        if (store.Find(ResourceKinds.KubeVirts, "kubevirt", "kubevirt") is null)
        {
            var kind = ResourceKinds.KubeVirts;
            var collection = $"{kind.GroupPath}/namespaces/kubevirt/{kind.Plural}";
            var made = await SendAsync(HttpMethod.Post, collection, Named(kind, "kubevirt"), ct);
            made["status"] = Deployed();
            await SendAsync(HttpMethod.Put, $"{collection}/kubevirt/status", made, ct);
        }
    }

    private static JsonObject Named(ResourceKind kind, string name) =>
        new()
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Kind,
            ["metadata"] = new JsonObject { ["name"] = name },
        };

    private static JsonNode? Deployed() =>
        JsonSerializer
            .SerializeToNode(
                new KubeVirt
                {
                    Status = new KubeVirtStatus
                    {
                        Phase = "Deployed",
                        OperatorVersion = ServerVersion.Own(),
                        ObservedKubeVirtVersion = ServerVersion.Own(),
                        TargetKubeVirtVersion = ServerVersion.Own(),
                        Conditions =
                        [
                            new Condition
                            {
                                Type = "Available",
                                Status = "True",
                                Reason = "AllComponentsReady",
                            },
                        ],
                    },
                },
                ApiJson.Default.KubeVirt
            )
            ?["status"]?.DeepClone();

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body.ToJsonString(), MediaTypeHeaderValue.Parse("application/json")),
        };
        using var response = await client.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!.AsObject()
            : throw new ApiServerStartException($"{method} {path} at the first start was refused: {text}");
    }
}
