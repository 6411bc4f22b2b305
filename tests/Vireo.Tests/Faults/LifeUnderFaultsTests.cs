namespace Vireo.Tests.Faults;

/// <summary>
/// A user acts on machines while everything around is ended and started again, and requests and answers get lost; then
/// it is let come to rest, and all must be as the user was told.
/// </summary>
public sealed class LifeUnderFaultsTests
{
    private const int Machines = 3;
    private const int Moves = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task What_was_acknowledged_is_so_whatever_was_ended_meanwhile(int seed)
    {
        var random = new Random(seed);
        await using var room = await FaultRoom.OpenAsync();
        var users = new List<FaultUser>();
        for (var index = 0; index < Machines; index++)
        {
            users.Add(await FaultUser.CreateAsync(room, $"vm-{index}", random));
        }

        var configuration = await ConfigUser.CreateAsync(room, "many", random);
        room.Wire.Noise = new Random(seed);
        for (var move = 0; move < Moves; move++)
        {
            await (
                random.Next(10) switch
                {
                    0 => room.RestartControllersAsync(),
                    1 => room.RestartAgentAsync(),
                    2 => room.RestartServerAsync(),
                    3 => configuration.MoveAsync(),
                    _ => users[random.Next(users.Count)].MoveAsync(),
                }
            );
            await Task.Delay(random.Next(4) * random.Next(12), TestContext.Current.CancellationToken);
        }

        foreach (var user in users)
        {
            await user.SaySomethingClearAsync();
        }

        room.Wire.Noise = null;
        foreach (var user in users)
        {
            await AtRestAsync(user.FaultAsync, () => user.Story);
        }

        await AtRestAsync(configuration.FaultAsync, () => configuration.Story);
        await AtRestAsync(room.FaultAsync, () => string.Join('\n', users.Select(user => user.Story)));
    }

    private static async Task AtRestAsync(Func<Task<string?>> faultAsync, Func<string> story)
    {
        string? fault = null;
        try
        {
            await Eventually.HoldsAsync(() => (fault = faultAsync().GetAwaiter().GetResult()) is null);
        }
        catch (ShouldAssertException)
        {
            throw new ShouldAssertException($"{fault}\nafter\n{story()}");
        }
    }
}
