using System.Text.Json.Nodes;

namespace Vireo.ApiServer.OpenApi;

/// <summary>
/// Turns the OpenAPI 2 document into gnostic's protobuf form (<c>openapi.v2.Document</c>), the only one that kubectl
/// before 1.27 asks for.
/// </summary>
/// <remarks>
/// The numbers are the field numbers of gnostic's OpenAPIv2.proto. Whatever is free in form is YAML there.
/// </remarks>
internal static class GnosticDocument
{
    public static byte[] From(JsonObject document)
    {
        var writer = new ProtobufWriter();
        writer.Text(1, Text(document, "swagger"));
        writer.Message(
            2,
            info =>
            {
                info.Text(1, Text(document["info"], "title"));
                info.Text(2, Text(document["info"], "version"));
            }
        );
        writer.Message(8, paths => Named(paths, 2, document["paths"], PathItem));
        writer.Message(9, definitions => Named(definitions, 1, document["definitions"], Schema));
        return writer.Written.ToArray();
    }

    private static void PathItem(ProtobufWriter writer, JsonObject item)
    {
        foreach (var (name, value) in item)
        {
            var field = name switch
            {
                "get" => 2,
                "put" => 3,
                "post" => 4,
                "delete" => 5,
                "patch" => 8,
                _ => 0,
            };
            if (field > 0)
            {
                writer.Message(field, operation => Operation(operation, value!.AsObject()));
            }
        }

        Parameters(writer, 9, item);
    }

    private static void Operation(ProtobufWriter writer, JsonObject operation)
    {
        writer.Text(5, Text(operation, "operationId"));
        Texts(writer, 6, operation["produces"]);
        Texts(writer, 7, operation["consumes"]);
        Parameters(writer, 8, operation);
        writer.Message(9, responses => Named(responses, 1, operation["responses"], Response));
        Extensions(writer, 13, operation);
    }

    private static void Response(ProtobufWriter writer, JsonObject response) =>
        writer.Message(
            1,
            inner =>
            {
                inner.Text(1, Text(response, "description"));
                inner.Message(2, item => item.Message(1, schema => Schema(schema, response["schema"]!.AsObject())));
            }
        );

    private static void Parameters(ProtobufWriter writer, int field, JsonObject owner)
    {
        foreach (var parameter in owner["parameters"]!.AsArray())
        {
            writer.Message(field, item => item.Message(1, one => Parameter(one, parameter!.AsObject())));
        }
    }

    private static void Parameter(ProtobufWriter writer, JsonObject parameter)
    {
        var place = Text(parameter, "in");
        var isRequired = parameter["required"]?.GetValue<bool>() ?? false;
        if (place == "body")
        {
            writer.Message(
                1,
                body =>
                {
                    body.Text(2, Text(parameter, "name"));
                    body.Text(3, place);
                    body.Flag(4, isRequired);
                    body.Message(5, schema => Schema(schema, parameter["schema"]!.AsObject()));
                }
            );
            return;
        }

        var (kind, typeField) = place == "query" ? (3, 6) : (4, 5);
        writer.Message(
            2,
            nonBody =>
                nonBody.Message(
                    kind,
                    inner =>
                    {
                        inner.Flag(1, isRequired);
                        inner.Text(2, place);
                        inner.Text(3, Text(parameter, "description"));
                        inner.Text(4, Text(parameter, "name"));
                        inner.Text(typeField, Text(parameter, "type"));
                    }
                )
        );
    }

    private static void Schema(ProtobufWriter writer, JsonObject schema)
    {
        writer.Text(1, Text(schema, "$ref"));
        writer.Text(2, Text(schema, "format"));
        writer.Text(4, Text(schema, "description"));
        if (schema["default"] is { } value)
        {
            writer.Message(5, any => Any(any, value));
        }

        writer.Double(7, schema["maximum"]?.GetValue<long>() ?? 0);
        writer.Double(9, schema["minimum"]?.GetValue<long>() ?? 0);
        writer.Integer(14, schema["maxItems"]?.GetValue<int>() ?? 0);
        Texts(writer, 19, schema["required"]);
        foreach (var allowed in schema["enum"]?.AsArray() ?? [])
        {
            writer.Message(20, any => Any(any, allowed!));
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            writer.Message(21, item => item.Message(1, inner => Schema(inner, values)));
        }

        if (Text(schema, "type") is { } type)
        {
            writer.Message(22, item => item.Text(1, type));
        }

        if (schema["items"] is JsonObject items)
        {
            writer.Message(23, item => item.Message(1, inner => Schema(inner, items)));
        }

        if (schema["properties"] is { } properties)
        {
            writer.Message(25, inner => Named(inner, 1, properties, Schema));
        }

        Extensions(writer, 31, schema);
    }

    private static void Extensions(ProtobufWriter writer, int field, JsonObject owner)
    {
        foreach (var (name, value) in owner)
        {
            if (name.StartsWith("x-", StringComparison.Ordinal))
            {
                writer.Message(
                    field,
                    named =>
                    {
                        named.Text(1, name);
                        named.Message(2, any => Any(any, value!));
                    }
                );
            }
        }
    }

    // JSON is YAML.
    private static void Any(ProtobufWriter writer, JsonNode value) => writer.Text(2, value.ToJsonString());

    private static void Named(
        ProtobufWriter writer,
        int field,
        JsonNode? entries,
        Action<ProtobufWriter, JsonObject> write
    )
    {
        foreach (var (name, value) in entries!.AsObject())
        {
            writer.Message(
                field,
                named =>
                {
                    named.Text(1, name);
                    named.Message(2, inner => write(inner, value!.AsObject()));
                }
            );
        }
    }

    private static void Texts(ProtobufWriter writer, int field, JsonNode? texts)
    {
        foreach (var text in texts?.AsArray() ?? [])
        {
            writer.Text(field, text!.GetValue<string>());
        }
    }

    private static string? Text(JsonNode? owner, string name) => owner?[name]?.GetValue<string>();
}
