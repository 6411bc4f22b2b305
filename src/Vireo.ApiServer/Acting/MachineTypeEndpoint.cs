using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>Tells the machine type of a virtual machine, and updates what is recorded of it.</summary>
/// <remarks>
/// An update is one write over the state that it was decided on. Where somebody else wrote the machine meanwhile it is
/// decided again, unless the record itself has changed: of two updates at once one wins, and the other is told.
/// </remarks>
internal sealed class MachineTypeEndpoint(
    ResourceStore store,
    Reviewer reviewer,
    SystemWriter writer,
    ActionEvents events,
    TimeProvider time
)
{
    private const string Reason = "MachineTypeUpdated";

    /// <summary>How often is decided again when others wrote the machine meanwhile.</summary>
    private const int Attempts = 10;

    /// <summary>Answers 200 with what there is (GET) or what the update came to (PUT).</summary>
    public Task HandleAsync(SubresourceRequest request) =>
        HttpMethods.IsGet(request.Http.Request.Method) ? TellAsync(request) : UpdateAsync(request);

    private Task TellAsync(SubresourceRequest request)
    {
        var machine = store.Require<VirtualMachine>(request.Path.Namespace, request.Path.Name).Object;
        return AnswerAsync(
            request,
            MachineTypeView.Of(
                machine,
                InstanceOf(machine),
                store.All<Host>(),
                reviewer.Configuration(),
                time.GetUtcNow(),
                reviewer.References(machine).Preference?.Machine?.PreferredMachineType
            ),
            Answer.Readable.VirtualMachineMachineType
        );
    }

    private async Task UpdateAsync(SubresourceRequest request)
    {
        // Before anything is waited for: what others make of the machine from here on happens at the same time.
        var first = store.Require<VirtualMachine>(request.Path.Namespace, request.Path.Name).Object;
        var options = await ActionBody.ReadAsync(request.Http, ApiJson.Default.MachineTypeOptions);
        var dryRun = (IReadOnlyList<string>)[.. options.DryRun ?? [], .. request.DryRun];
        if (ActionRules.CheckDryRun(dryRun) is { } wrong)
        {
            throw Refusals.Refused(ResourceKinds.VirtualMachines, request.Path.Name, wrong);
        }

        var isTrial = ActionRules.IsDryRun(dryRun);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var change = await TryAsync(request, options, first, isTrial);
                await AnswerAsync(request, change, Answer.Readable.MachineTypeChange);
                return;
            }
            catch (StoreConflictException) when (attempt < Attempts)
            {
                // Somebody else wrote the machine: decide again by what they made of it.
            }
            catch (StoreConflictException)
            {
                throw Refusals.Refused(
                    request.Path.Name,
                    MachineTypeRefusal.PreconditionFailed,
                    "the object has been modified; please apply your changes to the latest version and try again"
                );
            }
        }
    }

    /// <summary>Decides on the machine as it is, and writes what that comes to.</summary>
    /// <param name="request">The request that is carried out.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="first">The machine when it was asked for.</param>
    /// <param name="isTrial">True to decide only.</param>
    private async Task<MachineTypeChange> TryAsync(
        SubresourceRequest request,
        MachineTypeOptions options,
        VirtualMachine first,
        bool isTrial
    )
    {
        var name = request.Path.Name;
        var machine = store.Require<VirtualMachine>(request.Path.Namespace, name);
        var decision = MachineTypeUpdates.Decide(
            machine.Object,
            InstanceOf(machine.Object),
            options,
            store.All<Host>(),
            reviewer.Configuration(),
            time.GetUtcNow()
        );
        switch (decision)
        {
            case MachineTypePolicyDecision.Refuse(var why, var message):
                throw Refusals.Refused(name, why, message);
            case MachineTypePolicyDecision.Unchanged(var change):
                return Titled(change, machine.Object);
            case MachineTypePolicyDecision.Allowed(var wanted, var change):
                RequireSameRecord(first, machine.Object);
                await writer.WriteAsync(request, machine, wanted, isTrial);
                if (!isTrial)
                {
                    await events.TellAsync(request, wanted, Reason, Told(change));
                }

                return Titled(change, machine.Object);
            default:
                throw new InvalidOperationException($"{decision.GetType().Name} is no decision on a machine type.");
        }
    }

    /// <summary>The machine's own instance: one of its name that belongs to somebody else does not count.</summary>
    private VirtualMachineInstance? InstanceOf(VirtualMachine machine)
    {
        var (ns, name) = (machine.Metadata.Namespace, machine.Metadata.Name ?? "");
        var instance = store.Find<VirtualMachineInstance>(ns, name)?.Object;
        var owner = instance?.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);
        return owner?.Uid == machine.Metadata.Uid ? instance : null;
    }

    /// <summary>The update was asked for by somebody who saw the record as it was then, or could have.</summary>
    private static void RequireSameRecord(VirtualMachine first, VirtualMachine now)
    {
        var (before, after) = (first.Status?.MachineType, now.Status?.MachineType);
        if (first.Metadata.Uid != now.Metadata.Uid || before != after)
        {
            throw Refusals.Refused(
                now.Metadata.Name ?? "",
                MachineTypeRefusal.PreconditionFailed,
                $"its machine type was changed by somebody else at the same time: it was {Named(before)}, and is "
                    + $"{Named(after)} now. Look at it, and try again if you still want yours."
            );
        }
    }

    private static string Named(MachineTypeRecord? record) =>
        record switch
        {
            null => "not recorded",
            { Pending: { } pending } => $"{record.Resolved} with {pending.Type} from the next boot on",
            _ => record.Resolved ?? "not recorded",
        };

    private static string Told(MachineTypeChange change) =>
        change switch
        {
            { Outcome: "Pending" } => $"Machine type {change.Current} is stored for the next boot; the guest runs with "
                + $"{change.Previous} until then.",
            { Previous: null } => $"Machine type {change.Current} is recorded; nothing was before.",
            _ when change.Previous == change.Current =>
                $"Machine type {change.Current} is kept; no other waits for the " + "next boot any more.",
            _ => $"Machine type {change.Current} is recorded; it was {change.Previous}.",
        };

    private static MachineTypeChange Titled(MachineTypeChange change, VirtualMachine machine) =>
        change with
        {
            ApiVersion = MachineTypeView.ApiVersion,
            Kind = nameof(MachineTypeChange),
            Metadata = MachineTypeView.Which(machine),
        };

    private static Task AnswerAsync<T>(SubresourceRequest request, T answer, JsonTypeInfo<T> type) =>
        Answer.BytesAsync(request.Http, 200, JsonSerializer.SerializeToUtf8Bytes(answer, type));
}
