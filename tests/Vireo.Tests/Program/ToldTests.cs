using System.Net;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Runtime;
using Vireo.Streams;

namespace Vireo.Tests.Program;

/// <summary>What other programs and the user are told.</summary>
public class ToldTests
{
    [Theory]
    [InlineData(Reason.Conflict, "VM is already running", "vireo restart")]
    [InlineData(Reason.Conflict, "Active console connection. Request denied.", "other console")]
    [InlineData(Reason.NotFound, "virtualmachineinstance.kubevirt.io \"x\" not found", "vireo start")]
    [InlineData(Reason.NotFound, "virtualmachine.kubevirt.io \"x\" not found", "kubectl get")]
    [InlineData(Reason.NotFound, "virtualmachineinstanceconfig.kubevirt.io \"x\" not found", "kubectl get vmic")]
    [InlineData(Reason.Conflict, "VirtualMachineInstance 'x' is already running", "--name")]
    [InlineData(Reason.Conflict, "Once does not support manual start requests", "runStrategy")]
    [InlineData(Reason.Conflict, "RunStategy Halted does not support manual restart requests", "vireo start")]
    [InlineData(Reason.Conflict, "Failed to reset non-running VMI with phase Succeeded", "vireo start")]
    [InlineData(Reason.Forbidden, "no", "--context")]
    public void A_refusal_comes_with_what_to_do(Reason reason, string message, string hint) =>
        Hints.Of(new ApiException(reason, message)).ShouldNotBeNull().ShouldContain(hint);

    [Fact]
    public void A_refusal_that_says_all_has_no_hint() =>
        Hints.Of(new ApiException(Reason.Invalid, "spec.running: give one of the two")).ShouldBeNull();

    [Fact]
    public void Ssh_reaches_the_guest_through_this_program()
    {
        var arguments = Line() with { User = "root", IdentityFile = "key", Remote = "uptime", KnownHosts = "hosts" };

        arguments
            .Arguments()
            .ShouldBe([
                "-o",
                "ProxyCommand=/opt/vireo port-forward --stdio=true --namespace shop vmi/web/shop 22",
                "-o",
                "HostKeyAlias=vmi.web.shop",
                "-o",
                "UserKnownHostsFile=hosts",
                "-i",
                "key",
                "root@vmi.web.shop",
                "uptime",
            ]);
    }

    [Fact]
    public void A_path_with_blanks_and_percents_reaches_the_proxy_whole()
    {
        var line = Line() with { Program = ["/opt/my vireo", "--kubeconfig", "/a%b/it's"] };

        line.Arguments()[1]
            .ShouldBe(
                "ProxyCommand='/opt/my vireo' port-forward --stdio=true --kubeconfig '/a%%b/it'\\''s' vmi/web/shop 22"
            );
    }

    [Theory]
    [InlineData("remote-viewer", "remote-viewer", "vnc://127.0.0.1:5901")]
    [InlineData("vncviewer", "tigervnc", "127.0.0.1::5901")]
    public void A_viewer_is_told_the_port_in_its_own_words(string installed, string type, string argument)
    {
        using var folder = new Folder();
        File.WriteAllText(Path.Combine(folder.Path, installed), "");

        var viewer = VncViewer.Find(null, null, folder.Path).ShouldNotBeNull();

        viewer.Type.ShouldBe(type);
        viewer.Arguments("127.0.0.1", 5901).ShouldBe([argument]);
    }

    [Fact]
    public void No_viewer_is_found_where_there_is_none()
    {
        using var folder = new Folder();

        VncViewer.Find(null, null, folder.Path).ShouldBeNull();
        Should.Throw<UsageException>(() => VncViewer.Find("television", null, folder.Path));
    }

    [Fact]
    public void A_port_that_is_taken_is_told_with_what_to_do()
    {
        using var taken = LocalPort.Listen(new(IPAddress.Loopback, 0));
        var at = (IPEndPoint)taken.LocalEndpoint;

        Should.Throw<StartException>(() => LocalPort.Listen(at)).Message.ShouldContain($"{at} cannot be listened on");
        using var udp = LocalPort.Bind(new(IPAddress.Loopback, 0));
        at = (IPEndPoint)udp.Client.LocalEndPoint!;
        Should.Throw<StartException>(() => LocalPort.Bind(at)).Message.ShouldContain("0 takes a free one");
    }

    private static SshCommandLine Line() =>
        new() { Guest = new(TargetKind.Instance, "shop", "web"), Program = ["/opt/vireo", "--namespace", "shop"] };

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("vireo-test-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
