using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Discovery;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Hosting;

/// <summary>Makes what a cluster has from its first moment: namespaces, and the KubeVirt object.</summary>
/// <remarks>Goes through the API as any client does, so these objects are like all others.</remarks>
internal sealed class FirstStart(ResourceStore store, LocalRequests requests)
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-node-lease", "kubevirt"];

    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var name in Namespaces)
        {
            if (store.Find(ResourceKinds.Namespaces, null, name) is null)
            {
                await requests.SendAsync(
                    HttpMethod.Post,
                    "/api/v1/namespaces",
                    Named(ResourceKinds.Namespaces, name),
                    ct
                );
            }
        }

        if (store.Find(ResourceKinds.KubeVirts, "kubevirt", "kubevirt") is null)
        {
            var kind = ResourceKinds.KubeVirts;
            var collection = $"{kind.GroupPath}/namespaces/kubevirt/{kind.Plural}";
            var made = await requests.SendAsync(HttpMethod.Post, collection, Named(kind, "kubevirt"), ct);
            made["status"] = Deployed();
            await requests.SendAsync(HttpMethod.Put, $"{collection}/kubevirt/status", made, ct);
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
}
