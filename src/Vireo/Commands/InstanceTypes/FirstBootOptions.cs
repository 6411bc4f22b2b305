using System.CommandLine;
using System.Text;
using System.Text.Json;
using Vireo.Api;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>What a guest is told at its first boot, by cloud-init.</summary>
internal sealed class FirstBootOptions
{
    private const string VolumeName = "cloudinitdisk";

    private readonly Option<string?> _user = new("--user") { Description = "The guest's user." };

    private readonly Option<string?> _password = new("--password-file")
    {
        Description = "The file with that user's password.",
    };

    private readonly Option<string[]> _keys = new("--ssh-key")
    {
        Description = "A public key that may log in. May be given several times.",
    };

    private readonly Option<string?> _userData = new("--cloud-init-user-data")
    {
        Description = "cloud-init's user data in base64, in place of --user, --password-file and --ssh-key.",
    };

    private readonly Option<string?> _networkData = new("--cloud-init-network-data")
    {
        Description = "cloud-init's network data in base64.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_user);
        command.Options.Add(_password);
        command.Options.Add(_keys);
        command.Options.Add(_userData);
        command.Options.Add(_networkData);
    }

    /// <summary>The volume that tells it; none when there is nothing to tell.</summary>
    public IEnumerable<Volume> Read(ParseResult parse)
    {
        var text = Text(parse);
        var (given, network) = (Base64(parse, _userData), Base64(parse, _networkData));
        if (text is not null && given is not null)
        {
            throw new UsageException(
                "--cloud-init-user-data says all there is to say: leave out --user, --password-file and --ssh-key."
            );
        }

        if ((text, given, network) is not (null, null, null))
        {
            yield return new()
            {
                Name = VolumeName,
                CloudInitNoCloud = new()
                {
                    UserData = text,
                    UserDataBase64 = given,
                    NetworkDataBase64 = network,
                },
            };
        }
    }

    /// <summary>Values are written as JSON, which YAML reads as it is, whatever is in them.</summary>
    private string? Text(ParseResult parse)
    {
        var (user, file, keys) = (parse.GetValue(_user), parse.GetValue(_password), parse.GetValue(_keys) ?? []);
        if ((user, file, keys) is (null, null, []))
        {
            return null;
        }

        var text = new StringBuilder("#cloud-config\n");
        if (user is not null)
        {
            text.Append("user: ").Append(Quoted(user)).Append('\n');
        }

        if (file is not null)
        {
            var password = File.ReadAllText(file).TrimEnd('\r', '\n');
            text.Append("password: ").Append(Quoted(password)).Append("\nchpasswd: { expire: false }\n");
        }

        if (keys is not [])
        {
            text.Append("ssh_authorized_keys:\n");
            foreach (var key in keys)
            {
                text.Append("  - ").Append(Quoted(key)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Quoted(string value) => $"\"{JsonEncodedText.Encode(value)}\"";

    private static string? Base64(ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) is not { } text ? null
        : Convert.TryFromBase64String(text, new byte[text.Length], out _) ? text
        : throw new UsageException($"{option.Name}: this is no base64.");
}
