using Vireo.Commands;
using Vireo.Running;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record Printed(int ExitCode, string Output, string Error)
{
    /// <summary>The cells of the lines of a table, headings first.</summary>
    public string[][] Lines =>
        [
            .. Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line =>
                    line.Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                ),
        ];
}

/// <summary>Runs commands in this process, each with a console of its own.</summary>
internal static class RunningProgram
{
    private static readonly OwnWriter Output = new(Console.Out);
    private static readonly OwnWriter Error = new(Console.Error);

    static RunningProgram()
    {
        Console.SetOut(Output);
        Console.SetError(Error);
    }

    /// <summary>Runs a line whose words are divided by blanks, on a server.</summary>
    public static Task<Printed> RunAsync(this RunningServer server, string line) =>
        RunAsync(line.Contains("--kubeconfig") ? line : $"{line} --kubeconfig {server.Server.KubeconfigPath}");

    /// <summary>Runs a line of a command that asks no server.</summary>
    public static async Task<Printed> RunAsync(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return await Task.Run(async () =>
        {
            (Output.Own, Error.Own) = (output, error);
            var exit = await Invocation.RunAsync(ProgramCommand.Create().Parse(line.Split(' ')));
            return new Printed(exit, output.ToString(), error.ToString());
        });
    }

    /// <summary>Writes for each flow of control where that flow wants it.</summary>
    private sealed class OwnWriter(TextWriter usual) : TextWriter
    {
        private readonly AsyncLocal<TextWriter?> _own = new();

        public TextWriter? Own
        {
            set => _own.Value = value;
        }

        public override System.Text.Encoding Encoding => usual.Encoding;

        public override void Write(char value) => (_own.Value ?? usual).Write(value);

        public override void Write(string? value) => (_own.Value ?? usual).Write(value);

        public override void Write(char[] buffer, int index, int count) =>
            (_own.Value ?? usual).Write(buffer, index, count);

        public override void Flush() => (_own.Value ?? usual).Flush();
    }
}
