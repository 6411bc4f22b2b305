using System.CommandLine;
using Vireo.ApiServer;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>What the commands that serve the API are told of those who come in.</summary>
internal sealed class AccessOptions
{
    private const long Megabyte = 1024 * 1024;

    private readonly Option<string?> _tokens = new("--token-auth-file")
    {
        Description = "A file of tokens that users come in by, one a line: token,user,uid,\"group1,group2\".",
        HelpName = "file",
    };

    private readonly Option<Uri?> _issuer = new("--service-account-issuer")
    {
        Description =
            "The https address that tokens of service accounts name as their issuer, where others find the keys. A name "
            + "inside the cluster when not given.",
        HelpName = "url",
        CustomParser = CommandOptions.HttpsUri,
    };

    private readonly Option<string[]> _origins = new("--cors-allowed-origin")
    {
        Description =
            "Origin of web pages whose programs may ask from browsers, such as https://ui.example; may be given "
            + "several times. None unless you say so.",
        HelpName = "origin",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _audit = new("--audit-log")
    {
        Description =
            "A file to write down who asked for what, never what was in it. Nothing is written when not given.",
        HelpName = "file",
    };

    private readonly Option<int> _size = new("--audit-log-max-size")
    {
        Description = "Megabytes after which the audit log is put aside and begun anew.",
        HelpName = "MB",
        DefaultValueFactory = _ => 100,
    };

    private readonly Option<int> _backups = new("--audit-log-max-backups")
    {
        Description = "How many audit logs that were put aside are kept.",
        HelpName = "number",
        DefaultValueFactory = _ => 5,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _tokens, _issuer, _origins, _audit, _size, _backups })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The server's options with what was said here.</summary>
    public ApiServerOptions Read(ParseResult parse, ApiServerOptions options)
    {
        var (size, backups) = (parse.GetValue(_size), parse.GetValue(_backups));
        if (size < 1 || backups < 0)
        {
            throw new StartException("--audit-log-max-size must be at least 1 and --audit-log-max-backups at least 0.");
        }

        return options with
        {
            TokenFile = parse.GetValue(_tokens),
            AllowedOrigins = parse.GetValue(_origins)!,
            TokenIssuer = parse.GetValue(_issuer)?.OriginalString ?? options.TokenIssuer,
            Audit = parse.GetValue(_audit) is { } path
                ? new AuditOptions(path) { MaxBytes = size * Megabyte, MaxBackups = backups }
                : null,
        };
    }
}
