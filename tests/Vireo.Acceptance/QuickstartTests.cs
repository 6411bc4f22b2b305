using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>The README's commands do what the README says. They run in a network namespace of their own.</summary>
public sealed partial class QuickstartTests
{
    private const string Script = """
        set -e
        ip link set lo up
        mount -t sysfs sysfs /sys
        "$1" | tee "$VIREO_STATE.first"
        eval "$(tail -n 1 "$VIREO_STATE.first")"
        kubectl get vm,vmi
        "$1" | tail -n 1
        $2
        echo "LEFT $(pgrep -fc "$VIREO_STATE/(libvirt|instances)" || true) $(ip -o link | wc -l)"
        """;

    [Fact]
    public void The_readme_names_two_commands_for_set_up_and_one_for_the_tests() =>
        ReadmeCommands().ShouldBe(["./quickstart", "./quickstart --down", "./test"]);

    [Fact]
    public async Task The_test_command_says_how_it_is_used()
    {
        var help = await Shell.RunAsync([Path.Combine(Checkout.Root, "test"), "--help"]);

        help.ShouldSucceed().Output.ShouldContain("./test NAME");
    }

    [Fact]
    public async Task Quickstart_boots_a_guest_is_quick_again_and_goes_down_without_a_trace()
    {
        var state = Directory.CreateTempSubdirectory("vireo-qs-").FullName;
        var commands = ReadmeCommands();

        var run = await Shell.RunAsync(
            [
                "unshare",
                "--net",
                "--mount",
                "--propagation",
                "private",
                "--",
                "bash",
                "-c",
                Script,
                "bash",
                commands[0],
                commands[1],
            ],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["VIREO_STATE"] = state },
            timeoutSeconds: 480
        );

        var lines = run.ShouldSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines
            .Count(line => line == $"export KUBECONFIG={state}/admin.kubeconfig")
            .ShouldBe(2, "once a run, as the last line");
        run.Output.ShouldContain("Vireo tiny guest");
        lines.ShouldContain(line => Address().IsMatch(line), "it prints the guest's address");
        run.Output.ShouldContain("virtualmachine.kubevirt.io/tiny");
        lines[^1].ShouldBe("LEFT 0 1", "no process of the state folder, no link but the loopback");
        Directory.Delete(state, recursive: true);
        File.Delete(state + ".first");
    }

    private static List<string> ReadmeCommands() =>
        [
            .. ShellBlock()
                .Matches(File.ReadAllText(Path.Combine(Checkout.Root, "README.md")))
                .SelectMany(block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                .Select(line => line.Split('#')[0].Trim()),
        ];

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"Its address is 10\.\d+\.\d+\.\d+")]
    private static partial Regex Address();
}
