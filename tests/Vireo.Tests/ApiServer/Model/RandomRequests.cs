using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>A request, and what the model answers to it.</summary>
internal sealed record ModelRequest(string Method, string Path, JsonNode? Body, string Type, ModelAnswer Answer)
{
    /// <summary>The form that is asked for; null for whole objects.</summary>
    public string? Accept { get; init; }

    public override string ToString() => $"{Method} {Path} {Body?.ToJsonString()} -> {Answer.Code}";
}

/// <summary>Makes requests at random, and does to the model what they do.</summary>
internal sealed class RandomRequests(Random random, ModelCluster model)
{
    private const string Json = "application/json";
    private const string Merge = "application/merge-patch+json";

    private static readonly string[] Policies = ["Background", "Orphan", "Foreground"];

    private readonly RandomApplies _applies = new(random, model);

    /// <summary>Reads, which change nothing.</summary>
    public RandomReads Reads { get; } = new(random, model);

    /// <summary>The namespaces that are used; only the first two are there.</summary>
    public static IReadOnlyList<string> Namespaces { get; } = ["m1", "m2", "m3"];

    public ModelRequest Next()
    {
        var kind = Kind();
        var (ns, name) = (Namespaces[random.Next(20) == 0 ? 2 : random.Next(2)], $"n{random.Next(6)}");
        return random.Next(100) switch
        {
            < 22 => Create(kind, ns, name),
            < 32 => Replace(kind, ns, name),
            < 46 => MergePatch(kind, ns, name),
            < 68 => _applies.Next(kind, ns, name),
            < 74 => JsonPatch(kind, ns, name),
            < 78 => Status(ns, name),
            < 86 => Delete(kind, ns, name),
            < 87 => DeleteAll(kind, ns),
            < 92 => Reads.Get(kind, ns, name),
            _ => Reads.List(kind, Namespaces[random.Next(2)]),
        };
    }

    public ModelKind Kind() => ModelKind.All[random.Next(ModelKind.All.Count)];

    private ModelRequest Create(ModelKind kind, string ns, string name)
    {
        var body = Body(kind, name);
        var trial = random.Next(10) == 0;
        return new(
            "POST",
            kind.Path(ns) + (trial ? "?dryRun=All" : ""),
            body,
            Json,
            model.Create(kind, ns, body, trial)
        );
    }

    private ModelRequest Replace(ModelKind kind, string ns, string name)
    {
        var body = Body(kind, name);
        if (Version(kind, ns, name) is { } version)
        {
            body["metadata"]!["resourceVersion"] = version;
        }

        var trial = random.Next(10) == 0;
        var answer = model.Change(
            kind,
            ns,
            name,
            _ => ModelCluster.Copy(body),
            new Door(IsReplacement: true, IsTrial: trial)
        );
        return new("PUT", kind.Path(ns, name) + (trial ? "?dryRun=All" : ""), body, Json, answer);
    }

    private ModelRequest MergePatch(ModelKind kind, string ns, string name)
    {
        var body = random.Next(2) == 0 ? kind.Patch(random.Next(3)) : [];
        var metadata = new JsonObject();
        if (random.Next(2) == 0)
        {
            metadata["labels"] = new JsonObject { ["tier"] = Tier() };
        }

        if (random.Next(4) == 0)
        {
            metadata["finalizers"] = Finalizers();
        }

        if (random.Next(5) == 0)
        {
            metadata["resourceVersion"] = Version(kind, ns, name);
        }

        if (metadata.Count > 0)
        {
            body["metadata"] = metadata;
        }

        var answer = model.Change(kind, ns, name, old => Merged(old, body), new Door());
        return new("PATCH", kind.Path(ns, name), body, Merge, answer);
    }

    private ModelRequest JsonPatch(ModelKind kind, string ns, string name)
    {
        var (part, field) = kind.Place;
        var (expected, wanted) = (kind.Value(random.Next(3)), kind.Value(random.Next(3)));
        var path = $"/{part}/{field}";
        var body = new JsonArray(
            new JsonObject
            {
                ["op"] = "test",
                ["path"] = path,
                ["value"] = expected,
            },
            new JsonObject
            {
                ["op"] = "replace",
                ["path"] = path,
                ["value"] = wanted,
            }
        );
        var answer = model.Change(
            kind,
            ns,
            name,
            old =>
            {
                if (old[part]?[field]?.ToString() != expected)
                {
                    return null;
                }

                old[part]![field] = wanted;
                return old;
            },
            new Door()
        );
        return new("PATCH", kind.Path(ns, name), body, "application/json-patch+json", answer);
    }

    /// <summary>Labels and spec have to stay as they are.</summary>
    private ModelRequest Status(string ns, string name)
    {
        var kind = ModelKind.Machines;
        var body = kind.Patch(random.Next(3));
        body["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["tier"] = Tier() } };
        body["status"] = new JsonObject { ["ready"] = random.Next(2) == 0, ["created"] = random.Next(2) == 0 };
        var answer = model.Change(kind, ns, name, old => Merged(old, body), new Door(IsStatus: true));
        return new("PATCH", kind.Path(ns, name) + "/status", body, Merge, answer);
    }

    private ModelRequest Delete(ModelKind kind, string ns, string name)
    {
        var uid = model.Find(kind, ns, name)?["metadata"]!["uid"]!.ToString();
        var how = new Removal(
            random.Next(8) switch
            {
                0 => uid,
                1 => Guid.Empty.ToString(),
                _ => null,
            },
            random.Next(4) == 0 ? Version(kind, ns, name) : null,
            random.Next(3) == 0 ? Policies[random.Next(3)] : null,
            random.Next(10) == 0
        );
        var preconditions = new JsonObject();
        var body = new JsonObject { ["preconditions"] = preconditions };
        Set(preconditions, "uid", how.Uid);
        Set(preconditions, "resourceVersion", how.Version);
        Set(body, "propagationPolicy", how.Policy);
        Set(body, "dryRun", how.IsTrial ? new JsonArray("All") : null);
        return new("DELETE", kind.Path(ns, name), body, Json, model.Delete(kind, ns, name, how));
    }

    private ModelRequest DeleteAll(ModelKind kind, string ns)
    {
        var selector = ModelSelector.Pick(random);
        var answer = model.DeleteAll(kind, ns, selector);
        return new("DELETE", $"{kind.Path(ns)}?{selector.Query}", null, Json, answer);
    }

    private JsonObject Body(ModelKind kind, string name)
    {
        var body = kind.Object(random.Next(3));
        var metadata = new JsonObject { ["name"] = name };
        if (Tier() is { } tier)
        {
            metadata["labels"] = new JsonObject { ["tier"] = tier };
        }

        if (random.Next(5) == 0)
        {
            metadata["finalizers"] = Finalizers() ?? new JsonArray("example.com/c");
        }

        body["metadata"] = metadata;
        return body;
    }

    private string? Tier() =>
        random.Next(4) switch
        {
            0 => "a",
            1 => "b",
            2 => "c",
            _ => null,
        };

    private JsonArray? Finalizers() =>
        random.Next(3) switch
        {
            0 => ["example.com/a"],
            1 => ["example.com/a", "example.com/b"],
            _ => null,
        };

    /// <summary>The version of the object, an older one, or none.</summary>
    private string? Version(ModelKind kind, string ns, string name)
    {
        var now = model.Find(kind, ns, name)?["metadata"]!["resourceVersion"]!.ToString();
        return random.Next(5) switch
        {
            0 => null,
            1 => $"{model.Revision - 1 - random.Next(20)}",
            _ => now,
        };
    }

    private static void Set(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }

    /// <summary>A merge patch in its simplest form.</summary>
    private static JsonObject Merged(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject inner)
            {
                target[name] = Merged((target[name] as JsonObject) ?? [], inner).DeepClone();
            }
            else if (value is null)
            {
                target.Remove(name);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }

        return target;
    }
}
