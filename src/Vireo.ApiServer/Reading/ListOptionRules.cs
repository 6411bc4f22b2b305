using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Reading;

/// <summary>Which parameters of a list or a watch go together, by Kubernetes' rules and in its words.</summary>
internal static class ListOptionRules
{
    public const string Exact = "Exact";
    public const string NotOlderThan = "NotOlderThan";
    private const string Match = "resourceVersionMatch";

    /// <summary>Refuses a list whose parameters contradict each other, naming all that does.</summary>
    /// <exception cref="StatusException">Invalid.</exception>
    public static void CheckList(ApiRequest request) =>
        Refuse(
            List(
                request.Query("resourceVersion"),
                request.Query("resourceVersionMatch"),
                request.Query("continue") is not null,
                request.Query("sendInitialEvents") is not null
            )
        );

    /// <summary>Refuses a watch whose parameters contradict each other, naming all that does.</summary>
    /// <exception cref="StatusException">Invalid.</exception>
    public static void CheckWatch(ApiRequest request) =>
        Refuse(
            Watch(
                request.Query("resourceVersionMatch"),
                request.Query("continue") is not null,
                request.Query("sendInitialEvents") is not null
            )
        );

    /// <summary>What is wrong with a list's parameters.</summary>
    internal static IReadOnlyList<StatusCause> List(string? version, string? match, bool continues, bool sendsInitial)
    {
        var causes = new List<StatusCause>();
        if (match is not null)
        {
            if (version is null)
            {
                causes.Add(Forbidden(Match, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }

            if (continues)
            {
                causes.Add(Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided"));
            }

            if (match is not (Exact or NotOlderThan))
            {
                causes.Add(Unsupported(match));
            }

            if (match == Exact && version == "0")
            {
                causes.Add(Forbidden(Match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }

        if (sendsInitial)
        {
            causes.Add(Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }

        return causes;
    }

    /// <summary>What is wrong with a watch's parameters.</summary>
    internal static IReadOnlyList<StatusCause> Watch(string? match, bool continues, bool sendsInitial)
    {
        var causes = new List<StatusCause>();
        if (sendsInitial && match != NotOlderThan)
        {
            causes.Add(Forbidden(Match, $"sendInitialEvents requires setting resourceVersionMatch to {NotOlderThan}"));
        }
        else if (!sendsInitial && match is not null)
        {
            causes.Add(
                Forbidden(Match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
            );
        }

        if (continues)
        {
            causes.Add(Forbidden("continue", "continue is forbidden for watch"));
        }

        return causes;
    }

    private static void Refuse(IReadOnlyList<StatusCause> causes)
    {
        if (causes.Count > 0)
        {
            throw Refusals.InvalidOptions("ListOptions", causes);
        }
    }

    private static StatusCause Forbidden(string field, string why) =>
        new()
        {
            Field = field,
            Reason = "FieldValueForbidden",
            Message = $"Forbidden: {why}",
        };

    private static StatusCause Unsupported(string match) =>
        new()
        {
            Field = Match,
            Reason = "FieldValueNotSupported",
            Message = $"Unsupported value: \"{match}\": supported values: \"{Exact}\", \"{NotOlderThan}\"",
        };
}
