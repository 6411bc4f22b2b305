using System.Reflection;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Joining;

public sealed class InstanceSecretsTests
{
    [Fact]
    public void The_secrets_of_an_instance_are_those_that_its_volumes_name()
    {
        var spec = new VirtualMachineInstanceSpec
        {
            Domain = new() { Devices = new() },
            Volumes =
            [
                new()
                {
                    Name = "a",
                    ContainerDisk = new() { Image = "i", ImagePullSecret = "pull" },
                },
                new()
                {
                    Name = "b",
                    CloudInitNoCloud = new()
                    {
                        SecretRef = new() { Name = "user" },
                        NetworkDataSecretRef = new() { Name = "network" },
                    },
                },
                new()
                {
                    Name = "c",
                    ContainerDisk = new() { Image = "i", ImagePullSecret = "" },
                },
            ],
        };

        InstanceSecrets.Of(spec).ShouldBe(["pull", "user", "network"]);
    }

    [Fact]
    public void No_field_of_a_volume_that_names_a_secret_is_forgotten() =>
        typeof(Volume)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(source => source.PropertyType.GetProperties())
            .Where(field => field.Name.Contains("Secret", StringComparison.Ordinal))
            .Select(field => field.Name)
            .ShouldBe(["ImagePullSecret", "SecretRef", "NetworkDataSecretRef"], ignoreOrder: true);
}
