using System.CommandLine;
using System.Globalization;
using Vireo.Api;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>How running machines come to their new type, how fast a transition may go, and when it gives up.</summary>
internal sealed class TransitionPaceOptions
{
    private readonly Option<bool> _restartNow = new("--restart-now")
    {
        Description =
            "Restarts running machines. Without it they are labelled restart-vm-required and their owners restart them.",
    };

    private readonly Option<int?> _concurrent = Count(
        "--max-concurrent-restarts",
        "How many machines may be restarting at once; 10 when not given."
    );

    private readonly Option<int?> _batch = Count("--batch-size", "How many machines are changed before a pause.");

    private readonly Option<string?> _interval = new("--batch-interval")
    {
        Description = "The pause after each batch, for example 5m.",
        HelpName = "duration",
    };

    private readonly Option<string?> _window = new("--window")
    {
        Description = "The time of the day in which machines are touched, for example 22:00-04:00@Europe/Berlin.",
        HelpName = "HH:MM-HH:MM[@zone]",
    };

    private readonly Option<int?> _failures = Count(
        "--max-failures",
        "Touches no further machine after this many failures."
    );

    public TransitionPaceOptions() =>
        _interval.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }, ..] && Durations.Parse(text) is null)
            {
                result.AddError($"--batch-interval: '{text}' is no length of time: write it like 90s or 5m.");
            }
        });

    public void AddTo(Command command)
    {
        command.Options.Add(_restartNow);
        command.Options.Add(_concurrent);
        command.Options.Add(_batch);
        command.Options.Add(_interval);
        command.Options.Add(_window);
        command.Options.Add(_failures);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_interval) is not null && result.GetResult(_batch) is null)
            {
                result.AddError("--batch-interval needs --batch-size: how many machines are changed before the pause.");
            }
        });
    }

    /// <summary>The spec with what was chosen.</summary>
    /// <exception cref="UsageException">A text is not understood.</exception>
    public MachineTypeTransitionSpec Read(ParseResult parse, MachineTypeTransitionSpec spec)
    {
        var limits = new MachineTypeTransitionLimits
        {
            MaxConcurrentRestarts = parse.GetValue(_concurrent),
            BatchSize = parse.GetValue(_batch),
            // The server takes no number without a unit.
            BatchInterval = Durations.Parse(parse.GetValue(_interval) ?? "") is { } pause
                ? Durations.Text(pause)
                : null,
            MaxFailures = parse.GetValue(_failures),
            Window = parse.GetValue(_window) is { } window ? Window(window) : null,
        };
        return spec with
        {
            Restart = parse.GetValue(_restartNow) ? "Now" : null,
            Limits = limits == new MachineTypeTransitionLimits() ? null : limits,
        };
    }

    private static MaintenanceWindow Window(string text)
    {
        var (hours, zone) = text.Split('@', 2) is [var before, var after] ? (before, after) : (text, null);
        return hours.Split('-') is [{ Length: > 0 } start, { Length: > 0 } end] && zone is not ""
            ? new()
            {
                Start = start.Trim(),
                End = end.Trim(),
                TimeZone = zone,
            }
            : throw new UsageException(
                $"--window: '{text}' is no time of the day: write it like 22:00-04:00@Europe/Berlin."
            );
    }

    private static Option<int?> Count(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "number",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
                {
                    return count;
                }

                result.AddError($"{name}: '{text}' is no number of machines: give 1 or more.");
                return null;
            },
        };
}
