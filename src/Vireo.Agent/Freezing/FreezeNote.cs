using System.Text.Json;

namespace Vireo.Agent;

/// <summary>That a guest's file systems were frozen: on disk, so that an agent that comes back thaws them.</summary>
/// <param name="Uid">The instance.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Until">When they are thawed by themselves; null for never.</param>
internal sealed record FreezeNote(string Uid, string Namespace, string Name, DateTimeOffset? Until)
{
    /// <summary>The guest.</summary>
    public DomainId Id => new(new(Namespace, Name), Uid);
}

/// <summary>Where the note of a guest is: in its folder, and gone with it.</summary>
/// <param name="folder">The guest's folder.</param>
internal sealed class FreezeFile(InstanceFolder folder)
{
    private readonly string _path = Path.Combine(folder.Path, "freeze.json");

    /// <summary>The note; null when the guest is not frozen.</summary>
    public FreezeNote? Read()
    {
        try
        {
            return File.Exists(_path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), AgentJson.Default.FreezeNote)
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the note, whole or not at all. Call before the guest is frozen.</summary>
    public void Write(FreezeNote note)
    {
        var draft = _path + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(note, AgentJson.Default.FreezeNote));
        File.Move(draft, _path, overwrite: true);
    }

    /// <summary>Removes the note. Call after the guest was thawed.</summary>
    public void Delete()
    {
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    }
}
