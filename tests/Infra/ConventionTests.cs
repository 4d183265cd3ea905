using System.Text.RegularExpressions;
using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests;

public sealed partial class ConventionTests
{
    [Fact]
    public void Parameters_AreDescribed()
    {
        var silent =
            from file in Templates.All
            from parameter in file.Parameters
            where parameter.Decorator("description") is not { Kind: "string", Unquoted.Length: > 5 }
            select $"{file.Name}: {parameter.Name}";

        Assert.Empty(silent);
    }

    [Fact]
    public void Outputs_AreUpperSnake() =>
        Assert.All(Templates.All.SelectMany(file => file.Outputs), output => Assert.Matches(UpperSnake(), output));

    [Fact]
    public void ApiVersions_AreOnePerType()
    {
        var several = Templates.All.SelectMany(file => file.Resources).Where(resource => resource.ApiVersion is not null)
            .GroupBy(resource => resource.Type, resource => resource.ApiVersion)
            .Where(type => type.Distinct().Count() > 1)
            .Select(type => $"{type.Key}: {string.Join(", ", type.Distinct())}");

        Assert.Empty(several);
    }

    // Children and extensions of a resource have no tags of their own; the resource that they belong to has.
    [Fact]
    public void Resources_CarryTheEnvironmentsTag()
    {
        var untagged =
            from file in Templates.All
            from resource in file.Resources
            where !resource.IsExisting && resource.ApiVersion is not null
                && !resource.Body.Properties.ContainsKey("parent") && !resource.Body.Properties.ContainsKey("scope")
                && !(resource.Body.Properties.TryGetValue("tags", out var tags) && tags.All.Any(node => node.Text == "tags"))
            select $"{file.Name}: {resource.Symbol}";

        Assert.Empty(untagged);
        Assert.All(
            [Templates.Main, Templates.GpuHost],
            file => Assert.Equal("environmentName", file.Variables["tags"].Properties["azd-env-name"].Text));
    }

    [Fact]
    public void RoleAssignments_AreNamedByWhatTheyJoin()
    {
        var wrong =
            from file in Templates.All
            from resource in file.Resources
            where resource.Type == "Microsoft.Authorization/roleAssignments"
            let properties = resource.Body.Properties["properties"].Properties
            let parts = resource.Body.Properties["name"].Children[1].Children.Select(part => part.Text)
            let expected = new[] { resource.Body.Properties["scope"].Text + ".id", properties["principalId"].Text, properties["roleDefinitionId"].Children[1].Children[1].Text }
            where !parts.SequenceEqual(expected)
            select $"{file.Name}: {resource.Symbol}";

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("infra/app/storage.bicep", "Microsoft.Storage/storageAccounts", "allowSharedKeyAccess", "false")]
    [InlineData("infra/app/storage.bicep", "Microsoft.Storage/storageAccounts", "allowBlobPublicAccess", "false")]
    [InlineData("infra/app/storage.bicep", "Microsoft.Storage/storageAccounts", "minimumTlsVersion", "'TLS1_2'")]
    [InlineData("infra/app/vault.bicep", "Microsoft.KeyVault/vaults", "enableRbacAuthorization", "true")]
    [InlineData("infra/app/registry.bicep", "Microsoft.ContainerRegistry/registries", "adminUserEnabled", "false")]
    [InlineData("infra/app/redis.bicep", "Microsoft.Cache/redisEnterprise", "minimumTlsVersion", "'1.2'")]
    [InlineData("infra/app/redis.bicep", "Microsoft.Cache/redisEnterprise/databases", "accessKeysAuthentication", "'Disabled'")]
    [InlineData("infra/app/redis.bicep", "Microsoft.Cache/redisEnterprise/databases", "clientProtocol", "'Encrypted'")]
    [InlineData("infra/app/monitoring.bicep", "Microsoft.Insights/components", "DisableLocalAuth", "true")]
    [InlineData("infra/app/container-apps.bicep", "Microsoft.App/managedEnvironments", "internal", "true")]
    [InlineData("infra/app/gpu-host.bicep", "Microsoft.App/containerApps", "allowInsecure", "false")]
    [InlineData("infra/app/functions.bicep", "Microsoft.Web/sites", "httpsOnly", "true")]
    [InlineData("infra/app/functions.bicep", "Microsoft.Web/sites", "minTlsVersion", "'1.2'")]
    public void Resource_IsClosedByDefault(string file, string type, string property, string value) =>
        Assert.Equal(value, Assert.Single(Templates.Get(file).Resource(type).Body.Find(property)).Text);

    [Fact]
    public void Files_HoldNoSecretAndAskForNoKey()
    {
        var texts = RepositoryFiles.BicepFiles
            .Concat(Directory.EnumerateFiles(RepositoryFiles.PathOf("infra"), "*.json", SearchOption.AllDirectories))
            .Append(RepositoryFiles.PathOf("azure.yaml"));
        var found =
            from path in texts
            from Match match in Secrets().Matches(File.ReadAllText(path))
            select $"{Path.GetFileName(path)}: {match.Value}";

        Assert.Empty(found);
    }

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")]
    private static partial Regex UpperSnake();

    // Account keys and SAS signatures in strings, functions that fetch keys, and long random text such as a pasted key.
    [GeneratedRegex(@"AccountKey=|SharedAccessKey=|[?&]sig=|Password=|\blist(Account)?Keys\(|listCredentials\(|(?<![A-Za-z0-9/+])(?=[A-Za-z0-9/+]*[0-9])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[A-Z])[A-Za-z0-9/+]{32,}={0,2}", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Secrets();
}
