using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Makes the OpenAPI 3 document of the actions and streams: where each is, and by which method.</summary>
internal static class OpenApiActions
{
    public static JsonObject Document(string version)
    {
        var paths = new JsonObject();
        foreach (var action in Subresources.All)
        {
            var item = new JsonObject { ["parameters"] = new JsonArray(Parameter("name"), Parameter("namespace")) };
            foreach (var method in action.Methods.Split(' '))
            {
                item.Add(method.ToLowerInvariant(), Operation(action, method, version));
            }

            paths.Add(
                $"/apis/{Subresources.Group}/{version}/namespaces/{{namespace}}/{action.Resource}/{{name}}/{action.Name}",
                item
            );
        }

        return new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = OpenApiDocuments.Info(),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = new JsonObject() },
        };
    }

    private static JsonObject Operation(Subresource action, string method, string version)
    {
        var (code, what) = action.Form == SubresourceForm.Stream ? ("101", "Switching Protocols") : ("200", "OK");
        return new()
        {
            ["operationId"] = $"{version}{action.Resource}-{action.Name.Replace('/', '-')}-{method.ToLowerInvariant()}",
            ["responses"] = new JsonObject { [code] = new JsonObject { ["description"] = what } },
        };
    }

    private static JsonObject Parameter(string name) =>
        new()
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = new JsonObject { ["type"] = "string" },
        };
}
