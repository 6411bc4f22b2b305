using Vireo.Api;
using Vireo.ApiServer.Applying;
using Vireo.Rules;

namespace Vireo.ApiServer.Answers;

/// <summary>Every refusal the server can give, in the words Kubernetes' clients know.</summary>
internal static class Refusals
{
    public static StatusException NotFound(ResourceKind kind, string name) =>
        Of(404, "NotFound", $"{kind.GroupResource} \"{name}\" not found", About(kind, name));

    /// <summary>The path names nothing that is served.</summary>
    public static StatusException NoSuchPath() =>
        Of(404, "NotFound", "the server could not find the requested resource", new StatusDetails());

    public static StatusException AlreadyExists(ResourceKind kind, string name) =>
        Of(409, "AlreadyExists", $"{kind.GroupResource} \"{name}\" already exists", About(kind, name));

    public static StatusException Conflict(ResourceKind kind, string name, string why) =>
        Of(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {kind.GroupResource} \"{name}\": {why}",
            About(kind, name)
        );

    /// <summary>Somebody else wrote the object between the client's read and its write.</summary>
    public static StatusException Modified(ResourceKind kind, string name) =>
        Conflict(
            kind,
            name,
            "the object has been modified; please apply your changes to the latest version and try again"
        );

    /// <summary>Others own what would change: every field of theirs is named.</summary>
    public static StatusException ApplyConflict(IReadOnlyList<Owned> conflicts)
    {
        var causes = conflicts
            .OrderBy(owned => owned.Manager.ToString(), StringComparer.Ordinal)
            .SelectMany(owned =>
                owned
                    .Fields.Places()
                    .Select(place => new StatusCause
                    {
                        Reason = "FieldManagerConflict",
                        Message = $"conflict with {owned.Manager}",
                        Field = place,
                    })
            )
            .ToArray();
        var each = causes
            .GroupBy(cause => cause.Message)
            .Select(group =>
                $"{group.Key!.Replace("conflict with", "conflicts with", StringComparison.Ordinal)}:\n"
                + string.Join('\n', group.Select(cause => $"- {cause.Field}"))
            );
        var message =
            causes.Length == 1
                ? $"Apply failed with 1 conflict: {causes[0].Message}: {causes[0].Field}"
                : $"Apply failed with {causes.Length} conflicts: {string.Join('\n', each)}";
        return Of(409, "Conflict", message, new StatusDetails { Causes = causes });
    }

    public static StatusException BadRequest(string why) => Of(400, "BadRequest", why, null);

    public static StatusException Unauthorized() => Of(401, "Unauthorized", "Unauthorized", null);

    public static StatusException Forbidden(
        ResourceKind kind,
        string name,
        string why,
        StatusCause? cause = null,
        string? uid = null
    ) =>
        Of(
            403,
            "Forbidden",
            $"{kind.GroupResource} \"{name}\" is forbidden: {why}",
            About(kind, name) with
            {
                Uid = uid,
                Causes = cause is null ? null : [cause],
            }
        );

    /// <summary>The caller is known, and may not do this.</summary>
    public static StatusException Forbidden(string what, string why) =>
        Of(403, "Forbidden", $"{what}: {why}", new StatusDetails());

    public static StatusException MethodNotAllowed() =>
        Of(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
            new StatusDetails()
        );

    public static StatusException NotAcceptable(bool takesYaml) =>
        Of(
            406,
            "NotAcceptable",
            $"only the following media types are accepted: {Answer.Json}{(takesYaml ? $", {Answer.Yaml}" : "")}",
            null
        );

    public static StatusException UnsupportedMediaType(string accepted) =>
        Of(
            415,
            "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {accepted}",
            null
        );

    public static StatusException TooLarge(int limitBytes) =>
        Of(
            413,
            "RequestEntityTooLarge",
            $"Request entity too large: limit is {limitBytes}; send a smaller object",
            null
        );

    /// <summary>The changes after the revision are no longer known: the client has to list again.</summary>
    public static StatusException Expired(string why) => Of(410, "Expired", why, null);

    /// <summary>Refused by validation in Kubernetes' own form: <c>Kind.group "name" is invalid: ...</c>.</summary>
    public static StatusException Invalid(ResourceKind kind, string name, IReadOnlyList<StatusCause> causes)
    {
        var each = causes.Select(cause => $"{cause.Field}: {cause.Message}").Distinct().ToArray();
        var all = each.Length == 1 ? each[0] : $"[{string.Join(", ", each)}]";
        return Of(422, "Invalid", $"{GroupKind(kind)} \"{name}\" is invalid: {all}", Details(kind, name, causes));
    }

    /// <summary>The parameters of a request contradict each other or are none.</summary>
    public static StatusException InvalidOptions(string options, IReadOnlyList<StatusCause> causes)
    {
        var each = causes.Select(cause => $"{cause.Field}: {cause.Message}").ToArray();
        var all = each.Length == 1 ? each[0] : $"[{string.Join(", ", each)}]";
        return Of(
            422,
            "Invalid",
            $"{options}.meta.k8s.io \"\" is invalid: {all}",
            new StatusDetails
            {
                Group = "meta.k8s.io",
                Kind = options,
                Causes = causes,
            }
        );
    }

    /// <summary>Refused in KubeVirt's form: the causes' messages, ten at the most.</summary>
    public static StatusException Denied(ResourceKind kind, string name, IReadOnlyList<StatusCause> causes)
    {
        var message = string.Join(", ", causes.Take(10).Select(cause => cause.Message));
        if (causes.Count > 10)
        {
            message += $", and {causes.Count - 10} more validation errors";
        }

        return Of(422, "Invalid", message, Details(kind, name, causes));
    }

    /// <summary>Well formed, but it cannot be done to the object as it is.</summary>
    public static StatusException Unprocessable(ResourceKind kind, string name, string why) =>
        Of(422, "Invalid", $"the server rejected our request due to an error in our request: {why}", About(kind, name));

    /// <summary>The disk stands in the way.</summary>
    public static StatusException NotStored(string why, bool isTransient) =>
        isTransient
            ? Of(503, "ServiceUnavailable", why, new StatusDetails { RetryAfterSeconds = 1 })
            : Of(500, "InternalError", why, new StatusDetails());

    public static StatusException InternalError(string what) =>
        Of(
            500,
            "InternalError",
            $"Internal error occurred: {what}",
            new StatusDetails { Causes = [new StatusCause { Message = what }] }
        );

    /// <summary>The client asks for more than its share: it is to come back.</summary>
    public static StatusException TooManyRequests(
        string why = "too many requests of this client are under way, please try again later"
    ) => Of(429, "TooManyRequests", why, new StatusDetails { RetryAfterSeconds = 1 });

    /// <summary>Somebody whom the server needs for this cannot be asked now.</summary>
    public static StatusException Unavailable(string why) => Of(503, "ServiceUnavailable", why, null);

    /// <summary>Somebody whom the server needs for this does not answer in time.</summary>
    public static StatusException Timeout(string why) => Of(504, "Timeout", why, null);

    /// <summary>Known to clients, and not offered.</summary>
    public static StatusException NotImplemented(string why) => Of(501, "NotImplemented", why, null);

    /// <summary>There is no object of the name; actions speak of its kind in the singular, as KubeVirt does.</summary>
    public static StatusException NoObject(ResourceKind kind, string name, string? why = null) =>
        Of(
            404,
            "NotFound",
            $"{kind.Singular}.{kind.Group} \"{name}\" not found" + (why is null ? "" : $": {why}"),
            AboutOne(kind, name)
        );

    /// <summary>An action is refused by the rules.</summary>
    public static StatusException Refused(ResourceKind kind, string name, ActionDecision.Refuse refusal)
    {
        var what = $"{kind.Singular}.{kind.Group} \"{name}\"";
        var about = AboutOne(kind, name);
        var why = refusal.Message;
        return refusal.Why switch
        {
            ActionRefusal.BadRequest => Of(400, "BadRequest", why, about),
            ActionRefusal.Forbidden => Of(403, "Forbidden", $"{what} is forbidden: {why}", about),
            ActionRefusal.NotFound => Of(404, "NotFound", why, about),
            _ => Of(409, "Conflict", $"Operation cannot be fulfilled on {what}: {why}", about),
        };
    }

    /// <summary>An update of a machine type is refused; why is told to programs by the cause.</summary>
    public static StatusException Refused(string name, MachineTypeRefusal why, string message)
    {
        var kind = ResourceKinds.VirtualMachines;
        var what = $"{kind.Singular}.{kind.Group} \"{name}\"";
        var about = AboutOne(kind, name) with
        {
            Causes =
            [
                new StatusCause
                {
                    Reason = why.ToString(),
                    Message = message,
                    Field = "machineType",
                },
            ],
        };
        return why is MachineTypeRefusal.Malformed or MachineTypeRefusal.NotOffered or MachineTypeRefusal.NoImageType
            ? Of(422, "Invalid", $"{what} is invalid: machineType: {message}", about)
            : Of(409, "Conflict", $"Operation cannot be fulfilled on {what}: {message}", about);
    }

    private static StatusDetails AboutOne(ResourceKind kind, string name) =>
        About(kind, name) with
        {
            Kind = kind.Singular,
        };

    private static string GroupKind(ResourceKind kind) =>
        kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";

    private static StatusDetails About(ResourceKind kind, string name) =>
        new()
        {
            Name = name,
            Group = kind.Group.Length == 0 ? null : kind.Group,
            Kind = kind.Plural,
        };

    private static StatusDetails Details(ResourceKind kind, string name, IReadOnlyList<StatusCause> causes) =>
        About(kind, name) with
        {
            Kind = kind.Kind,
            Causes = causes,
        };

    private static StatusException Of(int code, string reason, string message, StatusDetails? details) =>
        new(
            new Status
            {
                Outcome = "Failure",
                Code = code,
                Reason = reason,
                Message = message,
                Details = details,
            }
        );
}
