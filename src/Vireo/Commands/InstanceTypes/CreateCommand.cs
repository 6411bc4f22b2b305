using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo create`: writes manifests.</summary>
internal static class CreateCommand
{
    public static Command Create() =>
        new Command("create", "Writes a manifest to standard output; the cluster is not asked and nothing is made.")
        {
            CreateVmCommand.Create(),
            CreateInstancetypeCommand.Create(),
            CreatePreferenceCommand.Create(),
        }.WithExample("vireo create vm --name web --instancetype u1.small | kubectl create -f -");
}
