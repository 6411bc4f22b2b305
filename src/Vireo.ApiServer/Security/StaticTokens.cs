using System.Security.Cryptography;
using System.Text;

namespace Vireo.ApiServer.Security;

/// <summary>The tokens of the token file: one a line, <c>token,user,uid,"group1,group2"</c>.</summary>
internal sealed class StaticTokens
{
    private readonly Dictionary<string, Caller> _callers = new(StringComparer.Ordinal);

    /// <summary>None.</summary>
    public static StaticTokens None { get; } = new();

    /// <summary>Reads a file.</summary>
    /// <exception cref="ApiServerStartException">It cannot be read, or a line is not as it should be.</exception>
    public static StaticTokens Read(string path)
    {
        try
        {
            return Parse(File.ReadAllLines(path), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ApiServerStartException($"The token file {path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Reads lines.</summary>
    public static StaticTokens Parse(IEnumerable<string> lines, string path)
    {
        var tokens = new StaticTokens();
        var number = 0;
        foreach (var line in lines.Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var fields = line.Split(',', 4, StringSplitOptions.TrimEntries);
            if (fields.Length < 3 || fields[0].Length == 0 || fields[1].Length == 0)
            {
                throw new ApiServerStartException(
                    $"{path}, line {number}: write token,user,uid or token,user,uid,\"group1,group2\"."
                );
            }

            IEnumerable<string> groups =
                fields.Length > 3
                    ? fields[3]
                        .Trim('"')
                        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    : [];
            var caller = Caller.Known(fields[1], groups) with { Uid = fields[2].Length > 0 ? fields[2] : null };
            if (!tokens._callers.TryAdd(Hash(fields[0]), caller))
            {
                throw new ApiServerStartException($"{path}, line {number}: the token is in the file twice.");
            }
        }

        return tokens;
    }

    /// <summary>Whose a token is; null when it is not in the file.</summary>
    public Caller? Find(string token) => _callers.Count == 0 ? null : _callers.GetValueOrDefault(Hash(token));

    // By what it hashes to, so that the time it takes tells nothing.
    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
