using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo kubeconfig`: access to the server for people and programs.</summary>
internal static class KubeconfigCommand
{
    public static Command Create() =>
        new Command("kubeconfig", "Access to the server for people and programs.")
        {
            KubeconfigCreateCommand.Create(),
        }.WithExample("vireo kubeconfig create ann --group developers > ann.kubeconfig");
}
