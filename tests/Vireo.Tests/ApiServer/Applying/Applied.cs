using System.Text.Json.Nodes;
using Vireo.ApiServer.Applying;

namespace Vireo.Tests.ApiServer.Applying;

/// <summary>Applies, and reads what came of it.</summary>
internal static class Applied
{
    public static string ConfigMap(string data) =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"},"data":{{{data}}}}""";

    public static Task<Reply> ApplyAsync(
        this RunningServer server,
        string path,
        string manager,
        string body,
        string query = ""
    ) => server.SendAsync("PATCH", $"{path}?fieldManager={manager}{query}", body, "application/apply-patch+yaml");

    public static IEnumerable<JsonNode> Entries(Reply reply) =>
        reply["metadata"]!["managedFields"]!.AsArray().Select(entry => entry!);

    public static IEnumerable<string> Owners(Reply reply) =>
        ManagedFields
            .Read(reply["metadata"]!["managedFields"])!
            .Owners.SelectMany(owned => owned.Fields.Places().Select(place => $"{owned.Manager.Name}: {place}"))
            .Order();
}
