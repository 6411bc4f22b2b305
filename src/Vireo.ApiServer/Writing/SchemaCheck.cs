using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.OpenApi;
using Vireo.ApiServer.Routing;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>Holds an object against the schema of its kind, and drops or refuses what the kind does not have.</summary>
internal static class SchemaCheck
{
    /// <summary>Checks the object; unknown fields are taken out of it.</summary>
    /// <returns>What is wrong.</returns>
    /// <exception cref="StatusException">BadRequest: unknown fields, which the client wants refused.</exception>
    public static IReadOnlyList<FieldError> Check(
        ApiRequest request,
        ResourceKind kind,
        JsonObject json,
        List<string> warnings
    )
    {
        var result = StructuralValidator.Validate(kind, json, Mode(request));
        if (result.StrictError is { } refusal)
        {
            throw Refusals.BadRequest(refusal);
        }

        warnings.AddRange(result.Warnings);
        return result.Errors;
    }

    /// <summary>What the client wants done with unknown fields.</summary>
    private static FieldValidation Mode(ApiRequest request) =>
        request.Query("fieldValidation") switch
        {
            null or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            var other => throw Refusals.BadRequest(
                $"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""
            ),
        };
}
