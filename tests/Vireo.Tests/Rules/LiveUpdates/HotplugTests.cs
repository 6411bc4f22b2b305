using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>When the agent of a host may change a guest.</summary>
public sealed class HotplugTests
{
    private static readonly DateTimeOffset Since = Samples.Now;

    /// <summary>Status and reason of the condition; seconds from it to the end of a migration; whether that failed;
    /// whether the agent may.</summary>
    public static TheoryData<string?, string?, int?, bool, bool> Rows =>
        new()
        {
            { null, null, null, false, false },
            { "True", Hotplug.InPlace, null, false, true },
            { "True", Hotplug.InPlace, -9, true, true },
            { "True", Hotplug.LiveMigrate, null, false, false },
            { "True", Hotplug.LiveMigrate, -1, false, false },
            { "True", Hotplug.LiveMigrate, 0, false, true },
            { "True", Hotplug.LiveMigrate, 9, false, true },
            { "True", Hotplug.LiveMigrate, 9, true, false },
            { "True", Hotplug.NoRoom, 9, false, false },
            { "True", Hotplug.GuestDoesNotTake, 9, false, false },
            { "False", Hotplug.MemoryFailed, 9, false, false },
            { "True", null, null, false, false },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_change_is_made_where_the_guest_is_or_once_it_has_moved(
        string? status,
        string? reason,
        int? movedAfterSeconds,
        bool failed,
        bool may
    )
    {
        var instance = LiveUpdates.Running(Samples.InstanceSpec());
        instance = status is null ? instance : instance.With(Hotplug.MemoryChange, status, reason, Since);
        instance = movedAfterSeconds is { } seconds ? instance.Moved(Since.AddSeconds(seconds), failed) : instance;

        Hotplug.MayApply(instance, Hotplug.MemoryChange).ShouldBe(may);
        Hotplug.MayApply(instance, Hotplug.VcpuChange).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_changed_on_a_guest_that_moves()
    {
        var instance = LiveUpdates.Running(Samples.InstanceSpec()).With(Hotplug.VcpuChange, "True", Hotplug.InPlace);

        Hotplug.MayApply(instance.Moving(), Hotplug.VcpuChange).ShouldBeFalse();
        Hotplug.MayApply(instance.Moved(Since), Hotplug.VcpuChange).ShouldBeTrue();
    }
}
