using System.CommandLine;
using Vireo.Commands;
using Vireo.Output;

var root = new RootCommand(
    "Vireo runs virtual machines from KubeVirt manifests: one program on one host, or agents of a cluster."
)
{
    UpCommand.Create(),
    DownCommand.Create(),
    ImageCommand.Create(),
    ServerCommand.Create(),
    ControllersCommand.Create(),
    AgentCommand.Create(),
    VersionCommand.Create(),
};

HelpWithExample.AddTo(root);
return await root.Parse(args).InvokeAsync();
