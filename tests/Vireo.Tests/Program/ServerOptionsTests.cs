using System.CommandLine;
using System.Net;
using Vireo.ApiServer;
using Vireo.Commands;

namespace Vireo.Tests.Program;

public sealed class ServerOptionsTests
{
    private static readonly Type[] Readable = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(void)];

    [Fact]
    public void Who_names_no_address_is_served_on_loopback_alone()
    {
        var listen = ServerOptions.Listen();
        var said = new RootCommand { listen }
            .Parse([])
            .GetRequiredValue(listen);

        IPAddress.IsLoopback(ServerOptions.Parse("state", said, []).Address).ShouldBeTrue();
    }

    [Fact]
    public void Tokens_name_the_issuer_that_was_typed()
    {
        var access = new AccessOptions();
        var command = new RootCommand();
        access.AddTo(command);

        var read = access.Read(
            command.Parse("--service-account-issuer https://api.example/keys"),
            new ApiServerOptions { StateFolder = "state" }
        );

        read.TokenIssuer.ShouldBe("https://api.example/keys");
    }

    /// <summary>What the library that reads options cannot read, it says at the first use and not before.</summary>
    [Fact]
    public void Every_option_and_argument_can_be_read()
    {
        var unread = All(ProgramCommand.Create())
            .SelectMany(command =>
                command
                    .Options.Select(option => (Symbol: (Symbol)option, option.ValueType))
                    .Concat(command.Arguments.Select(argument => ((Symbol)argument, argument.ValueType)))
                    .Where(each => !IsRead(each.Item1, each.Item2))
                    .Select(each => $"{command.Name} {each.Item1.Name}")
            );

        unread.ShouldBeEmpty();
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static bool IsRead(Symbol symbol, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        return Readable.Contains(plain)
            || plain.IsEnum
            || symbol.GetType().GetProperty(nameof(Option<string>.CustomParser))?.GetValue(symbol) is not null;
    }
}
