using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class ImageNameTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);

    [Theory]
    [InlineData("tiny", "tiny:latest")]
    [InlineData("tiny:v1", "tiny:v1")]
    [InlineData("host:5000/a/tiny", "host:5000/a/tiny:latest")]
    [InlineData("127.0.0.1:5000/a/tiny:v1", "127.0.0.1:5000/a/tiny:v1")]
    public void A_name_without_a_tag_means_latest(string name, string normal) =>
        ImageName.Normalize(name).ShouldBe(normal);

    [Fact]
    public void A_name_with_a_digest_needs_no_tag_and_a_registry_gets_none()
    {
        ImageName.Normalize($"host:5000/tiny@{Digest}").ShouldBe($"host:5000/tiny@{Digest}");
        ImageName.AtRegistry($"host:5000/tiny:v1@{Digest}").ShouldBe($"host:5000/tiny@{Digest}");
        ImageName.AtRegistry($"host:5000/tiny@{Digest}").ShouldBe($"host:5000/tiny@{Digest}");
        ImageName.AtRegistry($"tiny:v1@{Digest}").ShouldBe($"tiny@{Digest}");
        ImageName.AtRegistry("host:5000/tiny:v1").ShouldBe("host:5000/tiny:v1");
        ImageName.DigestOf($"tiny@{Digest}").ShouldBe(Digest);
        ImageName.DigestOf("tiny:v1").ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-rf")]
    [InlineData("a b")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a:")]
    [InlineData("a\n")]
    [InlineData("docker://a")]
    [InlineData("a@sha256:12")]
    [InlineData("a@md5:12")]
    public void What_is_no_name_is_refused(string name) =>
        Should.Throw<ImageException>(() => ImageName.Normalize(name)).Message.ShouldContain("is no name of an image");

    [Theory]
    [InlineData("localhost/a:1", true)]
    [InlineData("localhost:5000/a:1", true)]
    [InlineData("127.0.0.1:5000/a:1", true)]
    [InlineData("127.evil.example:5000/a:1", false)]
    [InlineData("localhost:1", false)]
    [InlineData("registry.example/localhost:1", false)]
    public void Only_this_machine_s_registries_do_without_TLS(string name, bool isLocal) =>
        ImageName.IsOnLoopback(name).ShouldBe(isLocal);
}
