using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests;

/// <summary>Parameter files against the templates that they are for.</summary>
public sealed partial class ParameterFileTests
{
    /// <summary>What azd itself puts into its environment.</summary>
    private static readonly string[] OfAzd = ["AZURE_ENV_NAME", "AZURE_LOCATION", "SERVICE_GPU_HOST_IMAGE_NAME"];

    public static TheoryData<string, string> Files => new()
    {
        { "infra/main.parameters.json", "infra/main.bicep" },
        { "infra/production.parameters.json", "infra/main.bicep" },
        { "infra/app/gpu-host.parameters.json", "infra/app/gpu-host.bicep" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Values_AreOfParametersAndAllowed(string file, string template)
    {
        var parameters = Templates.Get(template).Parameters.ToDictionary(parameter => parameter.Name);

        Assert.All(ValuesOf(file), given =>
        {
            var parameter = Assert.Contains(given.Key, (IDictionary<string, Parameter>)parameters);
            AssertAllowed(parameter, given.Value);
        });
    }

    // Whoever deploys production says on the command line where, and under which name.
    [Theory]
    [InlineData("infra/main.parameters.json", "infra/main.bicep")]
    [InlineData("infra/production.parameters.json", "infra/main.bicep", "environmentName", "location")]
    [InlineData("infra/app/gpu-host.parameters.json", "infra/app/gpu-host.bicep")]
    public void Parameters_WithoutDefault_AreGiven(string file, string template, params string[] besides) =>
        Assert.Empty(Templates.Get(template).Parameters
            .Where(parameter => parameter.Default is null).Select(parameter => parameter.Name)
            .Except(ValuesOf(file).Keys).Except(besides));

    // `azd deploy gpu-host` knows only what azd knows and what main.bicep gave out.
    [Fact]
    public void GpuHostsPlaceholders_AreOutputsOfMain()
    {
        var placeholders = ValuesOf("infra/app/gpu-host.parameters.json").Values.Select(value => Placeholder().Match(value.GetString()!).Groups["name"].Value);

        Assert.Empty(placeholders.Except(Templates.Main.Outputs).Except(OfAzd));
    }

    // What the first deployment was told has to be what the second one reads.
    [Fact]
    public void MainsPlaceholders_KeepTheirValueThroughTheOutputs()
    {
        var outputs = Templates.Main.Outputs.ToHashSet(StringComparer.Ordinal);
        var shared = ValuesOf("infra/main.parameters.json")
            .Select(given => (Parameter: given.Key, Name: Placeholder().Match(given.Value.ToString()).Groups["name"].Value))
            .Where(given => outputs.Contains(given.Name));

        Assert.All(shared, given => Assert.Contains(given.Parameter, OutputOf(given.Name), StringComparison.Ordinal));
    }

    private static string OutputOf(string name) =>
        Templates.Main.Root.All.Single(node => node.Kind == "output_declaration" && node.Children[0].Text == name).Children[^1].Text;

    private static Dictionary<string, JsonElement> ValuesOf(string file) =>
        RepositoryFiles.ReadJson(file).GetProperty("parameters").EnumerateObject().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetProperty("value"));

    private static void AssertAllowed(Parameter parameter, JsonElement given)
    {
        var placeholder = given.ValueKind == JsonValueKind.String ? Placeholder().Match(given.GetString()!) : Match.Empty;
        if (placeholder.Success && !placeholder.Groups["default"].Success)
        {
            return;
        }

        // azd gives text to every parameter and turns it into the parameter's type.
        var text = placeholder.Success ? placeholder.Groups["default"].Value : given.ValueKind == JsonValueKind.String ? given.GetString()! : given.GetRawText();
        Assert.True(placeholder.Success || IsOf(parameter.Type, given.ValueKind), $"{parameter.Name} is {given.GetRawText()}; it takes {parameter.Type}.");
        switch (parameter.Type)
        {
            case "int":
                var number = int.Parse(text, CultureInfo.InvariantCulture);
                Assert.InRange(number, Limit("minValue", int.MinValue), Limit("maxValue", int.MaxValue));
                break;
            case "bool":
                Assert.True(bool.TryParse(text, out _), $"{parameter.Name} is {text}.");
                break;
        }

        if (parameter.Decorator("allowed") is { } allowed)
        {
            Assert.Contains(text, allowed.Children.Select(value => value.Unquoted));
        }

        int Limit(string name, int otherwise) => parameter.Decorator(name) is { } limit ? int.Parse(limit.Text, CultureInfo.InvariantCulture) : otherwise;
    }

    private static bool IsOf(string type, JsonValueKind kind) => type switch
    {
        "int" => kind == JsonValueKind.Number,
        "bool" => kind is JsonValueKind.True or JsonValueKind.False,
        "string" => kind == JsonValueKind.String,
        _ => throw new ArgumentException($"What is {type}?"),
    };

    [GeneratedRegex(@"^\$\{(?<name>[A-Z0-9_]+)(=(?<default>[^}]*))?\}$")]
    private static partial Regex Placeholder();
}
