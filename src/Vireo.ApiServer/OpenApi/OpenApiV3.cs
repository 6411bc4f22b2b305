using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Makes the OpenAPI 3 document of one group.</summary>
internal static class OpenApiV3
{
    private const string Json = "application/json";

    public static JsonObject Document(IReadOnlyCollection<ResourceKind> kinds, DocComments comments)
    {
        var schemas = new SchemaJson(isV3: true, comments);
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
            ["openapi"] = "3.0.0",
            ["info"] = OpenApiDocuments.Info(),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.Definitions(kinds) },
        };
    }

    private static JsonObject Operation(ApiOperation operation, SchemaJson schemas)
    {
        var json = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["x-kubernetes-action"] = operation.Action,
            [GroupVersionKind.Key] = GroupVersionKind.Of(operation.Kind),
            ["parameters"] = new JsonArray([.. operation.QueryParameters.Select(Parameter)]),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject { [Json] = Content(schemas.Reference(operation.Answer)) },
                },
            },
        };
        if (operation.Body is { } body)
        {
            json.Add(
                "requestBody",
                new JsonObject { ["content"] = new JsonObject { [Json] = Content(schemas.Reference(body)) } }
            );
        }
        else if (operation.Action == "patch")
        {
            var content = operation.PatchTypes.Select(type =>
                KeyValuePair.Create(type, (JsonNode?)Content(new() { ["type"] = "object" }))
            );
            json.Add("requestBody", new JsonObject { ["content"] = new JsonObject(content) });
        }

        return json;
    }

    private static JsonObject Content(JsonObject schema) => new() { ["schema"] = schema };

    private static JsonObject Parameter(QueryParameter query) =>
        new()
        {
            ["name"] = query.Name,
            ["in"] = "query",
            ["description"] = query.Description,
            ["schema"] = new JsonObject { ["type"] = query.Type },
        };

    private static JsonObject PathParameter(string name) =>
        new()
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = new JsonObject { ["type"] = "string" },
        };
}
