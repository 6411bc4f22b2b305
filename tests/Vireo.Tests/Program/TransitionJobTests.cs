using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vireo.Commands;
using Vireo.Runtime;

namespace Vireo.Tests.Program;

/// <summary>The Job of a transition, made on a server of which only the answers are there.</summary>
public class TransitionJobTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_made_with_its_account_and_what_is_there_already_stays()
    {
        using var cluster = new Cluster("clusterroles");
        using var http = new HttpClient(cluster) { BaseAddress = new Uri("https://cluster.example/") };

        var made = await TransitionJob.CreateAsync(
            new KubernetesClient(http),
            TransitionJob.Documents("fleet", "vireo:v1", ["--restart-now"]),
            Ct
        );

        cluster.Posted.ShouldBe([
            "/api/v1/namespaces",
            "/api/v1/namespaces/machine-type-transition/serviceaccounts",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            "/apis/batch/v1/namespaces/machine-type-transition/jobs",
        ]);
        made["metadata"]!["name"]!.ToString().ShouldBe("fleet");
    }

    [Fact]
    public async Task A_second_job_of_the_same_name_is_refused()
    {
        using var cluster = new Cluster("jobs");
        using var http = new HttpClient(cluster) { BaseAddress = new Uri("https://cluster.example/") };

        var refusal = await Should.ThrowAsync<ApiException>(() =>
            TransitionJob.CreateAsync(new KubernetesClient(http), TransitionJob.Documents("fleet", "vireo:v1", []), Ct)
        );

        refusal.Reason.ShouldBe(Reason.AlreadyExists);
    }

    /// <summary>Answers with what is sent, but has one kind of object already.</summary>
    private sealed class Cluster(string taken) : HttpMessageHandler
    {
        public List<string> Posted { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var path = request.RequestUri!.AbsolutePath;
            if (request.Method == HttpMethod.Get)
            {
                return Answer(HttpStatusCode.OK, new JsonObject());
            }

            Posted.Add(path);
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(ct))!.AsObject();
            return path.EndsWith(taken, StringComparison.Ordinal)
                ? Answer(
                    HttpStatusCode.Conflict,
                    new JsonObject
                    {
                        ["kind"] = "Status",
                        ["status"] = "Failure",
                        ["reason"] = "AlreadyExists",
                        ["code"] = 409,
                    }
                )
                : Answer(HttpStatusCode.Created, body);
        }

        private static HttpResponseMessage Answer(HttpStatusCode code, JsonObject body) =>
            new(code) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }
}
