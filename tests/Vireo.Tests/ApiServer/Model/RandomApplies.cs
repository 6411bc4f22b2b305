using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>Applies at random: two managers, each of whom applies now more and now less, sometimes by force.</summary>
internal sealed class RandomApplies(Random random, ModelCluster model)
{
    private static readonly string[] Managers = ["ann", "bob"];

    public ModelRequest Next(ModelKind kind, string ns, string name)
    {
        var (manager, force, trial) = (Managers[random.Next(2)], random.Next(3) == 0, random.Next(10) == 0);
        var body = Body(kind, name);
        var query = $"fieldManager={manager}{(force ? "&force=true" : "")}{(trial ? "&dryRun=All" : "")}";
        return new(
            "PATCH",
            $"{kind.Path(ns, name)}?{query}",
            body,
            "application/apply-patch+yaml",
            model.Apply(kind, ns, body, new(manager, force, trial))
        );
    }

    private JsonObject Body(ModelKind kind, string name)
    {
        var (part, field) = kind.Place;
        var body = kind.Object(random.Next(3));
        switch (random.Next(6))
        {
            case 0:
                body.Remove(part);
                break;
            case 1:
                body[part] = new JsonObject { [field] = body[part]![field]!.DeepClone() };
                break;
        }

        var metadata = new JsonObject { ["name"] = name };
        if (random.Next(2) == 0)
        {
            metadata["labels"] = new JsonObject { ["tier"] = random.Next(2) == 0 ? "a" : "b" };
        }

        if (random.Next(5) == 0)
        {
            metadata["finalizers"] = new JsonArray("example.com/a");
        }

        body["metadata"] = metadata;
        return body;
    }
}
