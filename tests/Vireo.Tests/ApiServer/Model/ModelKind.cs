using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>A kind as the model knows it: what of the protocol holds for it.</summary>
/// <param name="Root">The path of its group and version.</param>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">Its name.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="IsCustom">
/// True for kinds of an API beside Kubernetes' own: they count generations, have a status of their own door, and are
/// not replaced blindly.
/// </param>
internal sealed record ModelKind(string Root, string ApiVersion, string Kind, string Plural, bool IsCustom)
{
    /// <summary>A virtual machine is held from its start, until its controller has let its instance go.</summary>
    public const string Finalizer = "kubevirt.io/virtualMachineControllerFinalize";

    private static readonly string[] Strategies = ["Halted", "Manual", "Always"];

    public static ModelKind ConfigMaps { get; } = new("/api/v1", "v1", "ConfigMap", "configmaps", false);

    public static ModelKind Machines { get; } =
        new("/apis/kubevirt.io/v1", "kubevirt.io/v1", "VirtualMachine", "virtualmachines", true);

    public static IReadOnlyList<ModelKind> All { get; } = [ConfigMaps, Machines];

    /// <summary>Where the value that operations change stands.</summary>
    public (string Part, string Field) Place => IsCustom ? ("spec", "runStrategy") : ("data", "value");

    public string Path(string? ns, string? name = null) =>
        Root + (ns is null ? "" : $"/namespaces/{ns}") + $"/{Plural}" + (name is null ? "" : $"/{name}");

    /// <summary>One of three values.</summary>
    public string Value(int number) => IsCustom ? Strategies[number % 3] : $"{number % 3}";

    /// <summary>What is changed to give an object a value.</summary>
    public JsonObject Patch(int number) => new() { [Place.Part] = new JsonObject { [Place.Field] = Value(number) } };

    /// <summary>The columns of the kind's table.</summary>
    public IReadOnlyList<string> Columns =>
        IsCustom ? ["Name", "Age", "Status", "Ready", "MachineType"] : ["Name", "Data", "Age"];

    /// <summary>An object's row.</summary>
    public JsonArray Cells(JsonObject item, string age)
    {
        var name = item["metadata"]!["name"]!.ToString();
        return IsCustom
            ? [name, age, item["status"]?["printableStatus"]?.DeepClone(), Ready(item), null]
            : [name, item["data"]?.AsObject().Count ?? 0, age];
    }

    private static JsonNode? Ready(JsonObject item) =>
        (item["status"]?["conditions"]?.AsArray() ?? [])
            .FirstOrDefault(condition => condition!["type"]!.ToString() == "Ready")
            ?["status"]!.DeepClone();

    /// <summary>
    /// True when an object says what every one of its kind has to say. How one that is being deleted would run is
    /// nobody's concern.
    /// </summary>
    public bool IsWhole(JsonObject item) =>
        !IsCustom
        || item["spec"]?["template"] is not null
            && (item["spec"]!["runStrategy"] is not null || item["metadata"]!["deletionTimestamp"] is not null);

    /// <summary>An object without metadata.</summary>
    public JsonObject Object(int number)
    {
        var made = Patch(number);
        made["apiVersion"] = ApiVersion;
        made["kind"] = Kind;
        if (IsCustom)
        {
            made["spec"]!["template"] = JsonNode.Parse(
                """{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"}}}}"""
            );
        }

        return made;
    }
}

/// <summary>What the model answers to a request.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Reason">The reason of a refusal; null for an answer with a body.</param>
/// <param name="Body">The object or list; null where only code and reason are compared.</param>
internal sealed record ModelAnswer(int Code, string? Reason, JsonObject? Body)
{
    public static ModelAnswer NotFound { get; } = new(404, "NotFound", null);

    public static ModelAnswer Exists { get; } = new(409, "AlreadyExists", null);

    public static ModelAnswer Conflict { get; } = new(409, "Conflict", null);

    public static ModelAnswer Expired { get; } = new(410, "Expired", null);

    public static ModelAnswer Invalid { get; } = new(422, "Invalid", null);

    /// <summary>Who owns what an apply would change, as <c>manager .place</c>.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];

    public static ModelAnswer Of(JsonObject body, int code = 200) => new(code, null, body);
}

/// <summary>A selection of objects, in the words of a request and as the model understands it.</summary>
internal sealed record ModelSelector(string Query, Func<JsonObject, bool> Matches)
{
    public static IReadOnlyList<ModelSelector> All { get; } =
    [
        new("", _ => true),
        new("labelSelector=tier%3Da", item => Tier(item) == "a"),
        new("labelSelector=tier!%3Da", item => Tier(item) != "a"),
        new("labelSelector=tier", item => Tier(item) is not null),
        new("labelSelector=!tier", item => Tier(item) is null),
        new("labelSelector=tier%20in%20(a,b)", item => Tier(item) is "a" or "b"),
        new("labelSelector=tier%20notin%20(a,b)", item => Tier(item) is not ("a" or "b")),
        new("fieldSelector=metadata.name%3Dn1", item => Name(item) == "n1"),
        new("fieldSelector=metadata.name!%3Dn1", item => Name(item) != "n1"),
        new(
            "fieldSelector=metadata.name%3Dn2&labelSelector=tier",
            item => Name(item) == "n2" && Tier(item) is not null
        ),
    ];

    public static ModelSelector Pick(Random random) => random.Next(3) == 0 ? All[0] : All[random.Next(All.Count)];

    private static string? Name(JsonObject item) => item["metadata"]!["name"]!.ToString();

    private static string? Tier(JsonObject item) => item["metadata"]!["labels"]?["tier"]?.ToString();
}
