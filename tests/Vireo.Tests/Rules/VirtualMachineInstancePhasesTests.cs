using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class VirtualMachineInstancePhasesTests
{
    private static readonly VirtualMachineInstancePhase[] Living =
    [
        VirtualMachineInstancePhase.Pending,
        VirtualMachineInstancePhase.Scheduling,
        VirtualMachineInstancePhase.Scheduled,
        VirtualMachineInstancePhase.Running,
        VirtualMachineInstancePhase.Unknown,
    ];

    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        var seen = new HashSet<(VirtualMachineInstancePhase, GuestState, StopProgress)>();
        foreach (var row in DocTable.Read("src/Vireo.Rules/Instances/VirtualMachineInstancePhases.cs"))
        {
            foreach (
                var phase in row["phase"] == "any" ? Living : [Enum.Parse<VirtualMachineInstancePhase>(row["phase"])]
            )
            {
                foreach (var stop in Enum.GetValues<StopProgress>())
                {
                    var guest = Enum.Parse<GuestState>(row["guest"]);
                    var cell = row[stop.ToString()];
                    var expected = cell == "-" ? phase : Enum.Parse<VirtualMachineInstancePhase>(cell);
                    VirtualMachineInstancePhases.Next(phase, guest, stop).ShouldBe(expected, $"{phase} {guest} {stop}");
                    seen.Add((phase, guest, stop));
                }
            }
        }

        seen.Count.ShouldBe(
            Living.Length * Enum.GetValues<GuestState>().Length * Enum.GetValues<StopProgress>().Length
        );
    }

    [Fact]
    public void What_has_ended_stays_ended()
    {
        foreach (var phase in new[] { VirtualMachineInstancePhase.Succeeded, VirtualMachineInstancePhase.Failed })
        {
            VirtualMachineInstancePhases.IsFinal(phase).ShouldBeTrue();
            foreach (var guest in Enum.GetValues<GuestState>())
            {
                foreach (var stop in Enum.GetValues<StopProgress>())
                {
                    VirtualMachineInstancePhases.Next(phase, guest, stop).ShouldBe(phase);
                }
            }
        }

        Living.ShouldAllBe(phase => !VirtualMachineInstancePhases.IsFinal(phase));
        VirtualMachineInstancePhases.IsFinal(null).ShouldBeFalse();
    }
}
