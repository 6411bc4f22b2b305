using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Gives a machine another instance type or preference, and follows it to its guest.</summary>
internal sealed class MatcherUpdate(Cluster cluster, Target target, MachineMatcher matcher, ActionMode mode)
{
    private readonly MachineParts _parts = new(cluster.Client);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var before = (await LifeWatch.ReadAsync(cluster.Client, target.Key, ct)).Machine;
        target.RequireIn(new(before, null));
        await _parts.RequireAsync(matcher, target.Namespace, ct);
        return mode.IsDryRun ? await PreviewAsync(before!, ct) : await ChangeAsync(before!, ct);
    }

    private async Task<int> PreviewAsync(VirtualMachine before, CancellationToken ct)
    {
        // The server's own refusals first: it knows what is not for the caller to see.
        var after = await PatchAsync(isDryRun: true, ct);
        var installation = await _parts.InstallationAsync(ct);
        var configuration = installation.Configuration ?? new();
        var was = await ExpandOrKeepAsync(before, configuration, ct);
        var wanted = await _parts.ExpandAsync(after with { Status = before.Status }, configuration, ct);
        if (wanted.Spec is not { } spec)
        {
            throw new ApiException(
                Reason.Invalid,
                string.Join("; ", wanted.Errors.Select(error => $"{error.Field}: {error.Message}"))
            );
        }

        var preview = await UpdatePreview.OfAsync(cluster.Client, after with { Spec = spec }, was, installation, ct);
        foreach (var line in mode.Format == OutputFormat.Table ? preview.Lines : [])
        {
            await Console.Out.WriteLineAsync($"{target}: {line}");
        }

        var document = Document(before);
        document["plan"] = preview.Document;
        if (
            matcher.Role is MatcherRole.Preference
            && PreferredMachineType.Tell(before, wanted.PreferredMachineType, configuration) is { } told
        )
        {
            document["machineType"] = told;
            if (mode.Format == OutputFormat.Table)
            {
                await Console.Out.WriteLineAsync($"{target}: {told}");
            }
        }

        return await WaitReport.PrintAsync(mode.Format, document, target, null);
    }

    private async Task<int> ChangeAsync(VirtualMachine before, CancellationToken ct)
    {
        var after = await PatchAsync(isDryRun: false, ct);
        var document = Document(before);
        if (mode.Format == OutputFormat.Table)
        {
            await Console.Out.WriteLineAsync((string?)document["message"]);
        }

        var outcome = mode.Wait is { } limit ? await WaitAsync(after, before.Status, limit, ct) : null;
        if (outcome is not WaitDecision.Done { Source: RestartRequired.Type } done)
        {
            return await WaitReport.PrintAsync(mode.Format, document, target, outcome);
        }

        document["restartRequired"] = new JsonArray([
            .. RestartRequired.FieldsIn(Told(done.State)).Select(field => (JsonNode)field),
        ]);
        await Console.Error.WriteLineAsync($"'vireo restart {target.Name}' brings it to the guest.");
        await WaitReport.PrintAsync(mode.Format, document, target, outcome);
        return ExitCodes.RestartRequired;
    }

    private async Task<WaitDecision> WaitAsync(
        VirtualMachine after,
        VirtualMachineStatus? status,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var configuration = (await _parts.InstallationAsync(ct)).Configuration ?? new();
        var expanded = await _parts.ExpandAsync(after with { Status = status }, configuration, ct);
        var size = expanded.Spec is { } spec ? GuestSize.Of(spec.Template.Spec, configuration) : null;
        return await new Wait(cluster.Client, TimeProvider.System, Console.Error).UntilAsync(
            target,
            new WaitGoal.Updated(after.Metadata.Generation ?? 1, size),
            limit,
            ct
        );
    }

    private async Task<VirtualMachineSpec> ExpandOrKeepAsync(
        VirtualMachine machine,
        KubeVirtConfiguration configuration,
        CancellationToken ct
    )
    {
        try
        {
            return (await _parts.ExpandAsync(machine, configuration, ct)).Spec ?? machine.Spec;
        }
        catch (ApiException e) when (e.Reason == Reason.NotFound)
        {
            return machine.Spec;
        }
    }

    private static Condition Told(string message) =>
        new()
        {
            Type = RestartRequired.Type,
            Status = "True",
            Message = message,
        };

    private Task<VirtualMachine> PatchAsync(bool isDryRun, CancellationToken ct)
    {
        var change = new JsonObject
        {
            ["name"] = matcher.Name,
            ["kind"] = matcher.KindWord,
            ["revisionName"] = null,
            ["inferFromVolume"] = null,
            ["inferFromVolumeFailurePolicy"] = null,
        };
        var body = new JsonObject { ["spec"] = new JsonObject { [Field] = change } };
        return cluster.Client.PatchAsync<VirtualMachine>(target.Key, Patch.Merge(body), ct, isDryRun: isDryRun);
    }

    private JsonObject Document(VirtualMachine before)
    {
        var old = MachineMatcher.Of(before.Spec, matcher.Role);
        var isSame = old?.Name == matcher.Name && old?.Kind == matcher.Kind && old?.RevisionName is null;
        var what =
            mode.IsDryRun ? $"would be {matcher.Name}"
            : isSame ? $"is {matcher.Name} already"
            : $"is now {matcher.Name}";
        var was =
            isSame ? ""
            : old is null ? "; it had none"
            : $"; it was {old.Name ?? $"that of volume {old.InferFromVolume}"}";
        return new()
        {
            ["kind"] = target.KindName,
            ["name"] = target.Name,
            ["namespace"] = target.Namespace,
            ["action"] = $"update-{(matcher.Role is MatcherRole.Instancetype ? "instance-type" : "preference")}",
            [Field] = new JsonObject { ["kind"] = matcher.KindWord, ["name"] = matcher.Name },
            ["dryRun"] = mode.IsDryRun,
            ["message"] =
                $"{target}: its {MatcherText.WordOf(matcher.Role)} {what}{was}"
                + (mode.IsDryRun ? " (dry run: nothing changed)" : ""),
        };
    }

    private string Field => matcher.Role is MatcherRole.Instancetype ? "instancetype" : "preference";
}
