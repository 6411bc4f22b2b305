using Vireo.Libvirt;
using Vireo.Libvirt.Events;
using Vireo.Libvirt.Native;

namespace Vireo.Tests.Libvirt;

public sealed unsafe class TypedParametersTests
{
    /// <summary>libvirt's own builder crashes in a process where libvirt was never initialized.</summary>
    public TypedParametersTests() => LibvirtEventLoop.EnsureRunning();

    [Fact]
    public void What_libvirt_was_given_is_read_back_by_name()
    {
        using var built = new TypedParametersBuilder();
        built.Add("text", "grüße");
        built.Add("number", -3);
        built.Add("big", long.MaxValue);
        built.Add("left.out", (string?)null);

        var read = TypedParameters.Read(built.Parameters, built.Count);

        read.Names.Order(StringComparer.Ordinal).ShouldBe(["big", "number", "text"]);
        read.Text("text").ShouldBe("grüße");
        read.Number("number").ShouldBe(-3);
        read.Number("big").ShouldBe(long.MaxValue);
        read.Number("text").ShouldBeNull();
        read.Text("nothing").ShouldBeNull();
    }

    [Fact]
    public void Every_kind_of_value_is_read_as_what_it_is()
    {
        VirTypedParameter[] parameters =
        [
            new() { Type = 2, UInt = uint.MaxValue },
            new() { Type = 3, Long = long.MinValue },
            new() { Type = 4, ULong = ulong.MaxValue },
            new() { Type = 5, Double = 0.5 },
            new() { Type = 6, Boolean = 1 },
            new() { Type = 99, Long = 1 },
        ];
        for (var index = 0; index < parameters.Length; index++)
        {
            ((Span<byte>)parameters[index].Field)[0] = (byte)('a' + index);
        }

        fixed (VirTypedParameter* first = parameters)
        {
            var read = TypedParameters.Read(first, parameters.Length);

            read.Number("a").ShouldBe(uint.MaxValue);
            read.Number("b").ShouldBe(long.MinValue);
            read.Number("c").ShouldBe(long.MaxValue);
            read.Real("d").ShouldBe(0.5);
            read.Flag("e").ShouldBe(true);
            read.Names.ShouldNotContain("f");
        }
    }

    [Fact]
    public void What_an_agent_tells_becomes_facts()
    {
        var facts = GuestFacts.Of(
            new(
                new Dictionary<string, object>
                {
                    ["hostname"] = "tiny",
                    ["os.id"] = "debian",
                    ["os.pretty-name"] = "Debian GNU/Linux 12 (bookworm)",
                    ["os.kernel-release"] = "6.1.0",
                    ["timezone.name"] = "CET",
                    ["timezone.offset"] = 3600L,
                    ["user.count"] = 1L,
                    ["user.0.name"] = "root",
                    ["user.0.login-time"] = 1500UL,
                    ["fs.count"] = 1L,
                    ["fs.0.mountpoint"] = "/",
                    ["fs.0.name"] = "vda1",
                    ["fs.0.fstype"] = "ext4",
                    ["fs.0.total-bytes"] = 1000UL,
                    ["fs.0.used-bytes"] = 10UL,
                    ["fs.0.disk.count"] = 1L,
                    ["fs.0.disk.0.alias"] = "vda",
                }
            )
        );

        facts.Hostname.ShouldBe("tiny");
        facts.Os.ShouldBe(
            new GuestOs
            {
                Id = "debian",
                PrettyName = "Debian GNU/Linux 12 (bookworm)",
                KernelRelease = "6.1.0",
            }
        );
        facts.Timezone.ShouldBe(new GuestTimezone("CET", TimeSpan.FromHours(1)));
        facts.Users.ShouldBe([new GuestUser("root", null, DateTimeOffset.UnixEpoch.AddSeconds(1.5))]);
        var root = facts.FileSystems.ShouldNotBeNull().ShouldHaveSingleItem();
        (root.MountPoint, root.Device, root.Type, root.TotalBytes, root.UsedBytes).ShouldBe(
            ("/", "vda1", "ext4", 1000, 10)
        );
        root.DiskTargets.ShouldBe(["vda"]);
    }

    [Theory]
    [InlineData("0", "0", 1, 1)]
    [InlineData("0-3", "0,2-3", 4, 3)]
    [InlineData("0-3,5", "0-1,5", 5, 3)]
    [InlineData(null, null, 0, 0)]
    public void The_vcpus_that_an_agent_tells_of_are_counted(string? known, string? online, int all, int used)
    {
        var told = new Dictionary<string, object>();
        if (known is not null && online is not null)
        {
            (told["vcpus"], told["online"], told["offlinable"]) = (known, online, "1");
        }

        var vcpus = GuestVcpus.Of(new(told));

        (vcpus.Known.Count, vcpus.Online.Count).ShouldBe((all, used));
        vcpus.Online.Except(vcpus.Known).ShouldBeEmpty();
    }

    [Fact]
    public void What_an_agent_does_not_tell_is_null()
    {
        var facts = GuestFacts.Of(new([]));

        facts.ShouldBe(new GuestFacts(null, null, null, null, null));
    }

    [Fact]
    public void A_jobs_progress_is_told_in_bytes_and_time()
    {
        var stats = new JobStats(
            JobType.Unbounded,
            new(
                new Dictionary<string, object>
                {
                    ["operation"] = 5L,
                    ["time_elapsed"] = 1500UL,
                    ["data_total"] = 100UL,
                    ["data_remaining"] = 25UL,
                    ["memory_iteration"] = 2UL,
                }
            )
        );

        stats.Operation.ShouldBe(JobOperation.MigrationOut);
        stats.Elapsed.ShouldBe(TimeSpan.FromSeconds(1.5));
        (stats.DataTotalBytes, stats.DataRemainingBytes, stats.MemoryIteration).ShouldBe((100, 25, 2));
        stats.Downtime.ShouldBeNull();
    }
}
