using System.CommandLine;
using Vireo.Output;

namespace Vireo.Commands;

/// <summary>`vireo`: all commands.</summary>
internal static class ProgramCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Vireo runs virtual machines from KubeVirt manifests: one program on one host, or agents of a cluster."
        )
        {
            UpCommand.Create(),
            DownCommand.Create(),
            ImageCommand.Create(),
            StartCommand.Create(),
            StopCommand.Create(),
            RestartCommand.Create(),
            MigrateCommand.Create(),
            MigrateCancelCommand.Create(),
            EvacuateCancelCommand.Create(),
            PauseCommand.Create(),
            PauseCommand.CreateUnpause(),
            ShelveCommand.Create(),
            ShelveCommand.CreateUnshelve(),
            RebuildCommand.Create(),
            InstanceActionCommand.CreateSoftReboot(),
            InstanceActionCommand.CreateReset(),
            WaitCommand.Create(),
            ConfigCommand.Create(),
            ConsoleCommand.Create(),
            VncCommand.Create(),
            PortForwardCommand.Create(),
            SshCommand.Create(),
            GuestOsInfoCommand.Create(),
            UserListCommand.Create(),
            FileSystemListCommand.Create(),
            FreezeCommand.Create(),
            InstanceActionCommand.CreateUnfreeze(),
            ExpandCommand.Create(),
            CreateCommand.Create(),
            VmCommand.Create(),
            MachineTypeCommand.Create(),
            HostCommand.Create(),
            TokenCommand.Create(),
            BackupCommand.Create(),
            KubeconfigCommand.Create(),
            ServerCommand.Create(),
            ControllersCommand.Create(),
            AgentCommand.Create(),
            VersionCommand.Create(),
        };
        HelpWithExample.AddTo(root);
        return root;
    }
}
