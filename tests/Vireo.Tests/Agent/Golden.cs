using System.Runtime.CompilerServices;

namespace Vireo.Tests.Agent;

/// <summary>Compares text with a file beside the test; VIREO_UPDATE_GOLDEN=1 writes the file instead.</summary>
internal static class Golden
{
    public static void ShouldMatch(string text, string name, [CallerFilePath] string test = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(test)!, "Golden", name + ".golden");
        if (Environment.GetEnvironmentVariable("VIREO_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text + "\n");
        }

        text.ShouldBe(File.ReadAllText(path).TrimEnd('\n'), $"{name} has changed; look, then VIREO_UPDATE_GOLDEN=1.");
    }
}
