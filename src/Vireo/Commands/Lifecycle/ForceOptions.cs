using System.CommandLine;

namespace Vireo.Commands;

/// <summary>How little time a guest is given: <c>--grace-period</c> with <c>--force</c>, never one alone.</summary>
internal sealed class ForceOptions(string graceDescription)
{
    private readonly Option<long?> _grace = new("--grace-period") { Description = graceDescription };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Says that --grace-period is meant: data that the guest has not written is lost.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_grace);
        command.Options.Add(_force);
        command.Validators.Add(result =>
        {
            var (grace, force) = (result.GetValue(_grace), result.GetValue(_force));
            if (grace is not null != force)
            {
                result.AddError(
                    force
                        ? "--force needs --grace-period: the seconds the guest has to shut down."
                        : "--grace-period needs --force: data that the guest has not written may be lost."
                );
            }

            if (grace < 0)
            {
                result.AddError($"--grace-period: {grace} is negative: give 0 or more seconds.");
            }
        });
    }

    public long? GracePeriod(ParseResult parse) => parse.GetValue(_grace);
}
