using Vireo.Api;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

public sealed class MachineTypeTransitionAdmissionTests
{
    [Fact]
    public void An_empty_transition_takes_all_defaults() => Samples.Review(Of(new())).Errors.ShouldBeEmpty();

    [Fact]
    public void A_whole_transition_is_allowed() => Samples.Review(Of(Whole())).Errors.ShouldBeEmpty();

    [Theory]
    // Below, target, allowFamilyChange: the field that is wrong, and a word of why.
    [InlineData(null, null, false, "spec.steps[0]", "names no machine type")]
    [InlineData("", "newest", false, "spec.steps[0]", "names no machine type")]
    [InlineData("pc q35", null, false, "spec.steps[0].below", "'pc q35' is no machine type")]
    [InlineData("q35", null, false, "spec.steps[0].below", "'q35' has no version")]
    [InlineData("pc-q35-7.2", "q35", false, "spec.steps[0].target", "'q35' has no version")]
    [InlineData("pc-q35-7.2", "pc-q35-zany", false, "spec.steps[0].target", "has no version")]
    [InlineData("pc-q35-7.2", "pc-q35-7.0", false, "spec.steps[0].target", "pc-q35-7.0 is older than below")]
    [InlineData("pc-q35-7.2", "pc-q35-rhel9.6.0", false, "spec.steps[0].target", "cannot be compared")]
    [InlineData("pc-i440fx-7.2", "pc-q35-9.2", false, "spec.steps[0].target", "allowFamilyChange")]
    [InlineData("pc-i440fx-7.2", "pc-q35-9.2", true, null, null)]
    [InlineData("pc-q35-7.2", "pc-q35-7.2", false, null, null)]
    [InlineData("pc-q35-7.2", "newest", false, null, null)]
    [InlineData(null, "pc-q35-7.2", false, null, null)]
    public void A_step_must_move_upwards_in_one_line(
        string? below,
        string? target,
        bool allowsFamilyChange,
        string? field,
        string? why
    ) =>
        Check(
            new() { AllowFamilyChange = allowsFamilyChange, Steps = [new() { Below = below, Target = target }] },
            field,
            why
        );

    [Fact]
    public void Two_steps_must_not_move_the_same_line() =>
        Check(
            new() { Steps = [new() { Below = "pc-q35-7.0" }, new() { Target = "pc-q35-8.0" }] },
            "spec.steps[1]",
            "another step moves"
        );

    [Theory]
    [InlineData("pc-q35-rhel8.*", true)]
    [InlineData("q35", true)]
    [InlineData("", true)]
    [InlineData("pc-q35-[78]", false)]
    [InlineData("q35,pc", false)]
    public void A_glob_has_letters_digits_stars_and_question_marks(string glob, bool isRight) =>
        Check(new() { MachineTypes = glob }, isRight ? null : "spec.machineTypes", "is no glob");

    [Theory]
    [InlineData("default", null, null)]
    [InlineData("Default", "spec.namespaces[0]", "DNS label")]
    [InlineData("default,default", "spec.namespaces[1]", "named twice")]
    public void A_namespace_is_a_name_and_named_once(string names, string? field, string? why) =>
        Check(new() { Namespaces = names.Split(',') }, field, why);

    [Theory]
    [InlineData("app", "In", "web", null)]
    [InlineData("app", "Exists", "", null)]
    [InlineData("app", "In", "", "spec.selector.matchExpressions[0].values")]
    [InlineData("app", "Exists", "web", "spec.selector.matchExpressions[0].values")]
    [InlineData("app", "Equals", "web", "spec.selector.matchExpressions[0].operator")]
    [InlineData("a b", "In", "web", "spec.selector.matchExpressions[0].key")]
    [InlineData("app", "In", "we b", "spec.selector.matchExpressions[0].values[0]")]
    public void A_selector_can_match(string key, string how, string values, string? field) =>
        Check(
            new()
            {
                Selector = new()
                {
                    MatchExpressions =
                    [
                        new()
                        {
                            Key = key,
                            Operator = how,
                            Values = values.Split(',', StringSplitOptions.RemoveEmptyEntries),
                        },
                    ],
                },
            },
            field,
            ""
        );

    [Fact]
    public void Labels_to_match_are_labels() =>
        Check(
            new() { Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "we b" } } },
            "spec.selector.matchLabels",
            "'we b'"
        );

    [Theory]
    [InlineData("22:00", "04:00", "Europe/Berlin", null)]
    [InlineData("22:00", "04:00", null, null)]
    [InlineData("10pm", "04:00", null, "spec.limits.window.start")]
    [InlineData("22:00", "24:00", null, "spec.limits.window.end")]
    [InlineData("22:00", "22:00", null, "spec.limits.window.end")]
    [InlineData("22:00", "04:00", "Berlin", "spec.limits.window.timeZone")]
    public void A_window_is_a_time_of_the_day(string start, string end, string? zone, string? field) =>
        Check(
            new()
            {
                Limits = new()
                {
                    Window = new()
                    {
                        Start = start,
                        End = end,
                        TimeZone = zone,
                    },
                },
            },
            field,
            ""
        );

    [Theory]
    [InlineData(0, null, null, null, "spec.limits.maxConcurrentRestarts")]
    [InlineData(10_001, null, null, null, "spec.limits.maxConcurrentRestarts")]
    [InlineData(null, 0, null, null, "spec.limits.batchSize")]
    [InlineData(null, null, 0, null, "spec.limits.maxFailures")]
    [InlineData(null, 5, null, "soon", "spec.limits.batchInterval")]
    [InlineData(null, 5, null, "-5m", "spec.limits.batchInterval")]
    [InlineData(null, null, null, "5m", "spec.limits.batchSize")]
    [InlineData(1, 1, 1, "1h30m", null)]
    public void Limits_are_positive(int? restarts, int? batch, int? failures, string? interval, string? field) =>
        Check(
            new()
            {
                Limits = new()
                {
                    MaxConcurrentRestarts = restarts,
                    BatchSize = batch,
                    MaxFailures = failures,
                    BatchInterval = interval,
                },
            },
            field,
            ""
        );

    [Fact]
    public void A_rollback_has_no_steps() =>
        Check(
            new() { RollbackOf = "earlier", Steps = [new() { Below = "pc-q35-7.0" }] },
            "spec.steps",
            "gives machines back"
        );

    [Fact]
    public void All_that_is_wrong_is_named() =>
        Samples
            .Review(
                Of(
                    new()
                    {
                        State = "Sleeping",
                        Restart = "Later",
                        MachineTypes = "[",
                        Namespaces = ["A", "B"],
                        Steps = [new() { Below = "q35" }, new()],
                        Limits = new() { BatchSize = 0, MaxFailures = -1 },
                        RollbackOf = "A",
                    }
                )
            )
            .Errors.Select(error => error.Field)
            .ShouldBe([
                "spec.namespaces[0]",
                "spec.namespaces[1]",
                "spec.state",
                "spec.restart",
                "spec.machineTypes",
                "spec.steps[0].below",
                "spec.steps[1]",
                "spec.limits.batchSize",
                "spec.limits.maxFailures",
                "spec.rollbackOf",
                "spec.steps",
            ]);

    [Fact]
    public void Only_paused_and_cancelled_may_change()
    {
        var old = Of(Whole());

        Samples.Review(Of(Whole() with { Paused = true }), old).Errors.ShouldBeEmpty();
        Samples.Review(Of(Whole() with { Cancelled = true }), old).Errors.ShouldBeEmpty();
        Samples
            .Review(Of(Whole() with { Restart = "Label" }), old)
            .Errors.ShouldHaveSingleItem()
            .Message.ShouldContain("only paused and cancelled");
        Samples.Review(Of(Whole()), Of(Whole() with { Paused = true })).Errors.ShouldBeEmpty();
        Samples
            .Review(Of(Whole()), Of(Whole() with { Cancelled = true }))
            .Errors.ShouldHaveSingleItem()
            .Field.ShouldBe("spec.cancelled");
    }

    [Fact]
    public void A_change_of_family_warns() =>
        Samples
            .Review(Of(new() { AllowFamilyChange = true }))
            .Warnings.ShouldHaveSingleItem()
            .ShouldContain("another board");

    private static void Check(MachineTypeTransitionSpec spec, string? field, string? why)
    {
        var errors = Samples.Review(Of(spec)).Errors;
        if (field is null)
        {
            errors.ShouldBeEmpty();
            return;
        }

        var error = errors.ShouldHaveSingleItem();
        error.Field.ShouldBe(field);
        error.Message.ShouldContain(field);
        error.Message.ShouldContain(why!);
    }

    private static MachineTypeTransitionSpec Whole() =>
        new()
        {
            Namespaces = ["default", "other"],
            Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } },
            State = "Running",
            MachineTypes = "pc-q35-*",
            Steps = [new() { Below = "pc-q35-rhel9.0.0", Target = "newest" }, new() { Target = "pc-i440fx-9.2" }],
            Restart = "Now",
            Limits = new()
            {
                MaxConcurrentRestarts = 5,
                BatchSize = 100,
                BatchInterval = "5m",
                MaxFailures = 3,
                Window = new() { Start = "22:00", End = "04:00" },
            },
        };

    private static MachineTypeTransition Of(MachineTypeTransitionSpec spec) =>
        new()
        {
            Metadata = new() { Name = "to-rhel-10" },
            Spec = spec,
        };
}
