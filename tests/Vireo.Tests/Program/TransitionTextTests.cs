using Vireo.Api;
using Vireo.Clusters;
using Vireo.Commands;
using Vireo.Output;

namespace Vireo.Tests.Program;

/// <summary>What is typed for a transition or stands in its environment, and how its progress is told.</summary>
public class TransitionTextTests
{
    private static readonly MachineTypeTransitionCounts Counts = new()
    {
        Selected = 10_000,
        Waiting = 5_990,
        Updated = 4_000,
        Restarting = 10,
    };

    [Theory]
    [InlineData("app=web", "app In web")]
    [InlineData("app==web , tier = a", "app In web;tier In a")]
    [InlineData("a=1,a=2", "a In 1;a In 2")]
    [InlineData("tier in (a, b),env notin (test)", "tier In a,b;env NotIn test")]
    [InlineData("app!=web,!old,kept", "app NotIn web;old DoesNotExist;kept Exists")]
    [InlineData("example.com/app=", "example.com/app In ")]
    [InlineData("in=notin", "in In notin")]
    [InlineData("", "")]
    public void Labels_are_chosen_as_kubectl_chooses_them(string text, string means)
    {
        var selector = SelectorText.Parse(text);

        var equal = (selector.MatchLabels ?? new Dictionary<string, string>()).Select(label =>
            $"{label.Key} In {label.Value}"
        );
        var others = (selector.MatchExpressions ?? []).Select(requirement =>
            $"{requirement.Key} {requirement.Operator} {string.Join(',', requirement.Values ?? [])}".TrimEnd()
        );
        string.Join(';', equal.Concat(others)).TrimEnd().ShouldBe(means.TrimEnd());
    }

    [Theory]
    [InlineData("app=(")]
    [InlineData("app=web,")]
    [InlineData(",app=web")]
    [InlineData("app in ()")]
    [InlineData("app>3")]
    [InlineData("app=web tier=a")]
    [InlineData("!")]
    public void What_chooses_no_labels_is_refused(string text) =>
        Should.Throw<UsageException>(() => SelectorText.Parse(text)).Message.ShouldContain("app=web,tier in (a,b)");

    [Fact]
    public void A_job_is_told_by_its_environment()
    {
        var told = Told(
            "machine-type transition --run",
            ("NAMESPACE", "shop, default"),
            ("RESTART_NOW", "true"),
            ("ALLOW_FAMILY_CHANGE", "false"),
            ("TARGET", "pc-q35-9.2"),
            ("BELOW", "")
        );

        var spec = Spec(told);
        spec.Namespaces.ShouldBe(["shop", "default"]);
        spec.Restart.ShouldBe("Now");
        spec.AllowFamilyChange.ShouldBeNull();
        spec.Steps.ShouldBe([new MachineTypeStep { Target = "pc-q35-9.2" }]);
    }

    [Fact]
    public void What_is_typed_counts_before_the_environment() =>
        Spec(Told("machine-type transition --run -n shop", ("NAMESPACE", "other"))).Namespaces.ShouldBe(["shop"]);

    [Theory]
    [InlineData("RESTART_NOW", "perhaps")]
    [InlineData("BATCH_SIZE", "none")]
    [InlineData("STATE", "asleep")]
    public void A_variable_that_makes_no_sense_is_told(string name, string value) =>
        Should
            .Throw<UsageException>(() => Told("machine-type transition --run", (name, value)))
            .Message.ShouldContain(value);

    [Fact]
    public void A_job_runs_as_often_as_needed_with_the_account_it_brings()
    {
        var documents = TransitionJob.Documents(null, "vireo:v1", ["--restart-now"]);

        documents
            .Select(document => document["kind"]!.ToString())
            .ShouldBe(["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Job"]);
        var pod = documents[^1]["spec"]!["template"]!["spec"]!;
        pod["serviceAccountName"]!.ToString().ShouldBe(documents[1]["metadata"]!["name"]!.ToString());
        foreach (var variable in pod["containers"]![0]!["env"]!.AsArray())
        {
            var name = variable!["name"]!.ToString();
            TransitionEnvironment.Options(asked => asked == name ? "1" : null).ShouldNotBeEmpty(name);
        }
    }

    [Fact]
    public void Progress_is_a_line_of_a_log_or_a_bar_with_the_rate()
    {
        var transition = Transition("Running");

        TransitionProgressLine
            .Plain(transition)
            .ShouldBe("fleet: Running: 4,000 of 10,000 (40%), 4,000 updated, 10 restarting");
        TransitionProgressLine
            .Bar(transition, 500, 200)
            .ShouldBe("[#########...............]  40%  4,000/10,000  500/s  12s left, 4,000 updated, 10 restarting");
        TransitionProgressLine.Bar(transition, null, 200).ShouldNotContain("/s");
        TransitionProgressLine.Bar(transition, 500, 40).Length.ShouldBe(39);
    }

    [Fact]
    public void Who_waits_is_told_what_for() =>
        TransitionProgressLine
            .Plain(Transition("Pending", "waits for transition other"))
            .ShouldEndWith("; waits for transition other");

    [Fact]
    public void A_transition_that_selects_nothing_divides_by_nothing() =>
        TransitionProgressLine.Of(null).ShouldBe((0, 0));

    [Fact]
    public void The_rate_is_that_of_the_last_seconds()
    {
        var time = new ManualTimeProvider();
        var rate = new Rate(time);
        rate.Add(0).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(2));
        rate.Add(1000).ShouldBe(500);
        time.Advance(TimeSpan.FromSeconds(20));
        rate.Add(1000).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(5));
        rate.Add(1050).ShouldBe(10);
    }

    [Fact]
    public void A_spreadsheet_gets_cells_that_it_does_not_run()
    {
        var written = new StringWriter();

        Csv.Write(
            written,
            ["Name", "Why"],
            [
                ["a", "x, \"y\""],
                ["=cmd()", "two\nlines"],
            ]
        );

        written.ToString().ShouldBe("name,why\na,\"x, \"\"y\"\"\"\n'=cmd(),\"two\nlines\"\n");
    }

    private static System.CommandLine.ParseResult Told(string line, params (string Name, string Value)[] variables) =>
        TransitionRunCall.WithEnvironment(
            ProgramCommand.Create().Parse(line),
            name => variables.FirstOrDefault(variable => variable.Name == name).Value
        );

    /// <summary>By way of the Job's arguments, which say all that is told.</summary>
    private static MachineTypeTransitionSpec Spec(System.CommandLine.ParseResult told)
    {
        told.Errors.ShouldBeEmpty();
        var (selection, pace) = (new TransitionOptions(), new TransitionPaceOptions());
        var command = new System.CommandLine.Command("again");
        selection.AddTo(command);
        pace.AddTo(command);
        var again = command.Parse([.. TransitionJob.Arguments(told).Where(word => word != "--run")]);
        again.Errors.ShouldBeEmpty();
        return pace.Read(again, selection.Read(again));
    }

    private static MachineTypeTransition Transition(string phase, string? why = null) =>
        new()
        {
            Metadata = new() { Name = "fleet" },
            Spec = new(),
            Status = new()
            {
                Phase = phase,
                Counts = Counts,
                Conditions = why is null
                    ? null
                    :
                    [
                        new()
                        {
                            Type = "Progressing",
                            Status = "False",
                            Message = why,
                        },
                    ],
            },
        };
}
