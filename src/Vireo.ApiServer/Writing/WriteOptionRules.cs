using System.Text;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Patching;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Writing;

/// <summary>How a write may be asked for, beside what is written: by Kubernetes' rules and in its words.</summary>
internal static class WriteOptionRules
{
    private const int LongestName = 128;

    /// <summary>Refuses a create, update or patch whose query makes no sense, naming all that does not.</summary>
    /// <exception cref="StatusException">Invalid.</exception>
    public static void Check(ApiRequest request)
    {
        var http = request.Http.Request;
        var isPatch = HttpMethods.IsPatch(http.Method);
        var options =
            isPatch ? "PatchOptions"
            : HttpMethods.IsPut(http.Method) ? "UpdateOptions"
            : "CreateOptions";
        Refuse(
            options,
            [
                .. isPatch
                    ? OfPatch(
                        RequestBody.MediaType(http) == PatchBody.ApplyType,
                        request.Query("fieldManager"),
                        request.Query("force")
                    )
                    : [],
                .. OfWrite(
                    request.Query("fieldManager"),
                    [.. http.Query["dryRun"].OfType<string>()],
                    request.Query("fieldValidation")
                ),
            ]
        );
    }

    /// <summary>Refuses a deletion whose options make no sense, naming all that do not.</summary>
    /// <exception cref="StatusException">Invalid.</exception>
    public static void Check(DeleteOptions options) => Refuse("DeleteOptions", OfDeletion(options));

    /// <summary>What is wrong with the query of a patch, as far as it is of patches alone.</summary>
    internal static IEnumerable<StatusCause> OfPatch(bool isApply, string? manager, string? force)
    {
        if (isApply && manager is null)
        {
            yield return Of("fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
        }

        if (!isApply && force is not null)
        {
            yield return Of("force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
        }
    }

    /// <summary>What is wrong with the query of a write.</summary>
    internal static IEnumerable<StatusCause> OfWrite(
        string? manager,
        IReadOnlyList<string> dryRun,
        string? fieldValidation
    )
    {
        if (manager is not null && Encoding.UTF8.GetByteCount(manager) > LongestName)
        {
            var why = $"Too long: may not be more than {LongestName} bytes";
            yield return Of("fieldManager", "FieldValueTooLong", why);
        }

        if (manager?.Any(char.IsControl) == true)
        {
            var why = "Invalid value: should only contain printable characters";
            yield return Of("fieldManager", "FieldValueInvalid", why);
        }

        foreach (var cause in OfDryRun(dryRun))
        {
            yield return cause;
        }

        if (fieldValidation is not (null or "Ignore" or "Strict" or "Warn"))
        {
            yield return Unsupported("fieldValidation", Quoted(fieldValidation), "", "Ignore", "Strict", "Warn");
        }
    }

    /// <summary>What is wrong with the options of a deletion.</summary>
    internal static IEnumerable<StatusCause> OfDeletion(DeleteOptions options)
    {
        if (options is { OrphanDependents: not null, PropagationPolicy: { } both })
        {
            var why = $"Invalid value: {Quoted(both)}: orphanDependents and deletionPropagation cannot be both set";
            yield return Of("propagationPolicy", "FieldValueInvalid", why);
        }

        if (options.PropagationPolicy is { } policy and not ("Foreground" or "Background" or "Orphan"))
        {
            string[] known = ["Foreground", "Background", "Orphan", "nil"];
            yield return Unsupported("propagationPolicy", Quoted(policy), known);
        }

        foreach (var cause in OfDryRun(options.DryRun ?? []))
        {
            yield return cause;
        }
    }

    private static IEnumerable<StatusCause> OfDryRun(IReadOnlyList<string> values) =>
        values.All(value => value == "All")
            ? []
            : [Unsupported("dryRun", $"[{string.Join(',', values.Select(Quoted))}]", "All")];

    private static void Refuse(string options, IEnumerable<StatusCause> causes)
    {
        var all = causes.ToArray();
        if (all.Length > 0)
        {
            throw Refusals.InvalidOptions(options, all);
        }
    }

    private static StatusCause Unsupported(string field, string value, params string[] supported) =>
        Of(
            field,
            "FieldValueNotSupported",
            $"Unsupported value: {value}: supported values: {string.Join(", ", supported.Select(Quoted))}"
        );

    private static string Quoted(string text) => $"\"{text}\"";

    private static StatusCause Of(string field, string reason, string message) =>
        new()
        {
            Field = field,
            Reason = reason,
            Message = message,
        };
}
