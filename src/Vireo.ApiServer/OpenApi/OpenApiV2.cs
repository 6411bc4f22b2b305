using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Makes the OpenAPI 2 document of everything that is served, for clients before OpenAPI 3.</summary>
internal static class OpenApiV2
{
    public static JsonObject Document(IReadOnlyCollection<ResourceKind> kinds, DocComments comments)
    {
        var schemas = new SchemaJson(isV3: false, comments);
        var paths = new JsonObject();
        foreach (
            var path in kinds.SelectMany(ApiOperation.Of).GroupBy(operation => operation.Path, StringComparer.Ordinal)
        )
        {
            var item = new JsonObject();
            foreach (var operation in path)
            {
                item.Add(operation.Method, Operation(operation, schemas));
            }

            item.Add("parameters", new JsonArray([.. path.First().PathParameters.Select(PathParameter)]));
            paths.Add(path.Key, item);
        }

        return new()
        {
            ["swagger"] = "2.0",
            ["info"] = OpenApiDocuments.Info(),
            ["paths"] = paths,
            ["definitions"] = schemas.Definitions(kinds),
        };
    }

    private static JsonObject Operation(ApiOperation operation, SchemaJson schemas)
    {
        var isPatch = operation.Action == "patch";
        IEnumerable<string> accepted = isPatch ? operation.PatchTypes : ["*/*"];
        var parameters = operation.QueryParameters.Select(Parameter);
        if (operation.Body is not null || isPatch)
        {
            parameters = parameters.Prepend(
                new()
                {
                    ["name"] = "body",
                    ["in"] = "body",
                    ["required"] = operation.Action is not ("delete" or "deletecollection"),
                    ["schema"] = operation.Body is { } body
                        ? schemas.Reference(body)
                        : new JsonObject { ["type"] = "object" },
                }
            );
        }

        return new()
        {
            ["operationId"] = operation.Id,
            ["consumes"] = new JsonArray([.. accepted.Select(type => (JsonNode)type)]),
            ["produces"] = new JsonArray("application/json"),
            ["parameters"] = new JsonArray([.. parameters]),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "OK", ["schema"] = schemas.Reference(operation.Answer) },
            },
            ["x-kubernetes-action"] = operation.Action,
            [GroupVersionKind.Key] = GroupVersionKind.Of(operation.Kind),
        };
    }

    private static JsonObject Parameter(QueryParameter query) =>
        new()
        {
            ["name"] = query.Name,
            ["in"] = "query",
            ["description"] = query.Description,
            ["type"] = query.Type,
        };

    private static JsonObject PathParameter(string name) =>
        new()
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["type"] = "string",
        };
}
