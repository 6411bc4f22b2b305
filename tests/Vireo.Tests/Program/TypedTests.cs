using Vireo.Api;
using Vireo.Clusters;
using Vireo.Commands;
using Vireo.Running;
using Vireo.Streams;

namespace Vireo.Tests.Program;

/// <summary>What is typed, and what the program takes it for.</summary>
public class TypedTests
{
    [Theory]
    [InlineData("web", "vmi", "web", "shop")]
    [InlineData("vm/web", "vm", "web", "shop")]
    [InlineData("VM/web", "vm", "web", "shop")]
    [InlineData("virtualmachines/web", "vm", "web", "shop")]
    [InlineData("vmi/web/other", "vmi", "web", "other")]
    [InlineData("vmi/web.other", "vmi", "web", "other")]
    public void A_guest_is_named_as_virtctl_names_it(string text, string kind, string name, string @namespace)
    {
        var target = Target.Parse(text, "shop", TargetKind.Instance);

        (target.ShortKind, target.Name, target.Namespace).ShouldBe((kind, name, @namespace));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vm/")]
    [InlineData("pod/web")]
    [InlineData("vm/web/a/b")]
    [InlineData("vm/web/")]
    public void What_names_no_guest_is_refused(string text) =>
        Should.Throw<UsageException>(() => Target.Parse(text, "shop", TargetKind.Instance));

    [Fact]
    public void A_path_cannot_leave_its_object() =>
        new Target(TargetKind.Machine, "shop", "../x")
            .PathOf("start")
            .ShouldBe("/apis/subresources.kubevirt.io/v1/namespaces/shop/virtualmachines/..%2Fx/start");

    [Theory]
    [InlineData("8080", "tcp", 8080, 8080)]
    [InlineData("8080:80", "tcp", 8080, 80)]
    [InlineData("udp/5353:53", "udp", 5353, 53)]
    [InlineData("tcp/0:22", "tcp", 0, 22)]
    public void A_port_is_read(string text, string protocol, int local, int remote) =>
        ForwardedPort.Parse(text).ShouldBe(new ForwardedPort(protocol, local, remote));

    [Theory]
    [InlineData("0")]
    [InlineData("80:")]
    [InlineData("70000")]
    [InlineData("-1:80")]
    [InlineData("sctp/80")]
    [InlineData("web")]
    public void What_is_no_port_is_refused(string text) =>
        Should.Throw<UsageException>(() => ForwardedPort.Parse(text)).Message.ShouldContain($"'{text}'");

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5s", 1.5)]
    [InlineData("500ms", 0.5)]
    [InlineData("1m30", 90)]
    [InlineData("10", 10)]
    public void A_length_of_time_is_read(string text, double seconds)
    {
        Durations.Parse(text).ShouldBe(TimeSpan.FromSeconds(seconds));
        GoDuration.Parse(Durations.Text(TimeSpan.FromSeconds(seconds))).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5x")]
    [InlineData("-5m")]
    [InlineData("m5")]
    public void What_is_no_length_of_time_is_none(string text) => Durations.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("stop web --grace-period 5", "--force")]
    [InlineData("stop web --force", "--grace-period")]
    [InlineData("restart web --force --grace-period -1", "negative")]
    [InlineData("start web --timeout soon", "soon")]
    [InlineData("wait web", "--for")]
    [InlineData("wait web --for tea", "tea")]
    [InlineData("expand", "--vm")]
    [InlineData("expand -f a --vm b", "--vm")]
    [InlineData("vnc screenshot web", "--file")]
    public void A_mistake_in_options_is_told_by_its_option(string line, string says) =>
        string.Join('\n', ProgramCommand.Create().Parse(line).Errors.Select(error => error.Message))
            .ShouldContain(says);

    [Theory]
    [InlineData("start web --dry-run --paused")]
    [InlineData("stop web --grace-period 0 --force --wait")]
    [InlineData("pause vm web")]
    [InlineData("pause web -o yaml")]
    [InlineData("port-forward --stdio=true vmi/web/shop 22")]
    [InlineData("ssh root@vm/web -i key -c uptime -t -v --known-hosts=/tmp/hosts -p 2222")]
    [InlineData("vnc web --proxy-only --port 5901 --address 127.0.0.1")]
    [InlineData("vnc screenshot web -f -")]
    [InlineData("console web --timeout 1")]
    [InlineData("config start worker --name worker-1 --wait")]
    [InlineData("wait web --for reboot --since 2026-01-31T12:00:00Z")]
    public void What_virtctl_takes_is_taken(string line) => ProgramCommand.Create().Parse(line).Errors.ShouldBeEmpty();

    [Fact]
    public async Task A_line_that_makes_no_sense_has_the_exit_code_for_it() =>
        (await Invocation.RunAsync(ProgramCommand.Create().Parse("stop web --force"))).ShouldBe(ExitCodes.Usage);
}
