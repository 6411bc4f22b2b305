using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Which Secrets a host needs for an instance.</summary>
public static class InstanceSecrets
{
    /// <summary>The names of the Secrets, in the instance's namespace, that its spec names.</summary>
    public static IEnumerable<string> Of(VirtualMachineInstanceSpec spec) =>
        (spec.Volumes ?? [])
            .SelectMany(volume =>
                new[]
                {
                    volume.ContainerDisk?.ImagePullSecret,
                    volume.CloudInitNoCloud?.SecretRef?.Name,
                    volume.CloudInitNoCloud?.NetworkDataSecretRef?.Name,
                }
            )
            .OfType<string>()
            .Where(name => name.Length > 0);
}
