using Vireo.Api;

namespace Vireo.Tests.Controllers;

public sealed class ControllerHostTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static readonly Func<string, OwnerReference> Absent = name =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Name = name,
            Uid = Guid.NewGuid().ToString(),
        };

    [Fact]
    public async Task Of_two_controllers_one_works_and_the_other_takes_over()
    {
        var space = await plane.MakeNamespaceAsync();
        await UntilWorkIsDoneAsync("before", space);
        await Eventually.HoldsAsync(() => Leader == "first");
        await using (plane.RunControllers("second", TimeProvider.System))
        {
            await UntilWorkIsDoneAsync("both", space);
            Leader.ShouldBe("first");

            await plane.StopControllersAsync();

            await Eventually.HoldsAsync(() => Leader == "second");
            await UntilWorkIsDoneAsync("after", space);
        }

        await plane.RestartControllersAsync();
    }

    private string? Leader => plane.Find<Lease>("vireo-controllers", "kube-system")?.Spec?.HolderIdentity;

    /// <summary>Makes work for the controllers: an object that is garbage.</summary>
    private async Task UntilWorkIsDoneAsync(string name, string space)
    {
        var garbage = Objects.ConfigMap(name, space, Absent(name));
        await plane.User.CreateAsync(garbage, TestContext.Current.CancellationToken);
        await plane.UntilAsync<Namespace>(space, null, _ => true);
        await plane.UntilGoneAsync<ConfigMap>(name, space);
    }
}
