using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>
/// libvirt's own simulated host, inside this process, with nothing on it that another test put there.
/// </summary>
internal sealed class TestHost : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public TestHost()
    {
        File.WriteAllText(_file, "<node><cpu><nodes>1</nodes></cpu><memory>8192000</memory></node>");
        Connection = Open();
    }

    public LibvirtConnection Connection { get; }

    /// <summary>Another simulated host like this: they do not see each other.</summary>
    public LibvirtConnection Open() => LibvirtConnection.Open($"test://{_file}");

    public static string Xml(string name, Guid? uuid = null) =>
        $"""
            <domain type='test'>
              <name>{name}</name>
              <uuid>{uuid ?? Guid.NewGuid()}</uuid>
              <memory unit='MiB'>64</memory>
              <vcpu current='1'>4</vcpu>
              <os><type>hvm</type></os>
            </domain>
            """;

    public void Dispose()
    {
        Connection.Dispose();
        File.Delete(_file);
    }
}
