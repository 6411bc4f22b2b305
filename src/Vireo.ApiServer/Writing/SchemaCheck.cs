using Microsoft.AspNetCore.Http;
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
    public static IReadOnlyList<FieldError> Check(ApiRequest request, Draft draft, List<string> warnings)
    {
        var mode = Mode(request.Http.Request);
        var result = draft.IsStoredButMetadata
            ? StructuralValidator.ValidateMetadata(draft.Kind, draft.Metadata, mode)
            : StructuralValidator.Validate(draft.Kind, draft.Json, mode);
        if (result.StrictError is { } refusal)
        {
            throw Refusals.BadRequest(refusal);
        }

        warnings.AddRange(result.Warnings);
        return result.Errors;
    }

    /// <summary>What the client wants done with fields that nobody knows or that are named twice.</summary>
    public static FieldValidation Mode(HttpRequest request) =>
        (string?)request.Query["fieldValidation"] switch
        {
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            _ => FieldValidation.Warn,
        };
}
