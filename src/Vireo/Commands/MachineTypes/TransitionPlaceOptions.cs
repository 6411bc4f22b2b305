using System.CommandLine;

namespace Vireo.Commands;

/// <summary>Where a transition is done: in the server, in this process, or in a Job of the cluster.</summary>
internal sealed class TransitionPlaceOptions
{
    private readonly Option<bool> _run = new("--run")
    {
        Description =
            "Does the work in this process, against any server of kubevirt.io/v1. " + TransitionEnvironment.Explained,
    };

    private readonly Option<string?> _id = new("--run-id")
    {
        Description = "With --run: goes on where the run of this id broke off.",
        HelpName = "id",
    };

    private readonly Option<bool> _asJob = new("--as-job")
    {
        Description = "Does the work in a Job of the cluster, with --image; with --dry-run its manifest is printed.",
    };

    private readonly Option<string?> _image = new("--image")
    {
        Description = "With --as-job: the image with this program in it.",
        HelpName = "reference",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_run);
        command.Options.Add(_id);
        command.Options.Add(_asJob);
        command.Options.Add(_image);
        command.Validators.Add(result =>
        {
            var (run, asJob) = (result.GetValue(_run), result.GetValue(_asJob));
            if (run && asJob)
            {
                result.AddError("Give --run or --as-job, not both.");
            }

            if (asJob == result.GetValue(_image) is null)
            {
                result.AddError(
                    "--as-job needs --image: the image with this program in it; --image is for nothing else."
                );
            }

            if (!run && result.GetValue(_id) is not null)
            {
                result.AddError("--run-id is for --run.");
            }
        });
    }

    public bool IsRun(ParseResult parse) => parse.GetValue(_run);

    public string? Id(ParseResult parse) => parse.GetValue(_id);

    /// <summary>The image of the Job; null when no Job is wanted.</summary>
    public string? JobImage(ParseResult parse) => parse.GetValue(_asJob) ? parse.GetValue(_image) : null;
}
