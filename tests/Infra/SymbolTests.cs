using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests;

/// <summary>What a compiler would say of names.</summary>
public sealed class SymbolTests
{
    [Fact]
    public void Symbols_ThatAreUsed_AreDeclared()
    {
        var unknown =
            from file in Templates.All
            let declared = Declared(file)
            from use in Uses(file.Root)
            where !declared.Contains(use.Text)
            select $"{file.Name}:{use.Line}: {use.Text}";

        Assert.Empty(unknown);
    }

    [Fact]
    public void WhatIsDeclaredToBeUsed_IsUsed()
    {
        var unused =
            from file in Templates.All
            let used = Uses(file.Root).Select(use => use.Text).ToHashSet(StringComparer.Ordinal)
            from name in file.Parameters.Select(parameter => parameter.Name).Concat(file.Variables.Keys)
                .Concat(file.Resources.Where(resource => resource.IsExisting).Select(resource => resource.Symbol))
            where !used.Contains(name)
            select $"{file.Name}: {name}";

        Assert.Empty(unused);
    }

    [Fact]
    public void Modules_AreFilesOfThisFolder()
    {
        var absent =
            from file in Templates.All
            from module in file.Modules
            where !File.Exists(Path.GetFullPath(module.Path, Path.GetDirectoryName(file.Path)!))
            select $"{file.Name}: {module.Path}";

        Assert.Empty(absent);
    }

    [Fact]
    public void Files_AreAllDeployed()
    {
        var modules = Templates.All.SelectMany(file => file.Modules.Select(module => Templates.Of(file, module).Name));

        Assert.Empty(Templates.All.Select(file => file.Name).Except(modules).Except([Templates.Main.Name]));
    }

    [Fact]
    public void Modules_GetTheirParameters()
    {
        var wrong =
            from file in Templates.All
            from module in file.Modules
            let parameters = Templates.Of(file, module).Parameters
            from text in module.Arguments.Keys.Except(parameters.Select(parameter => parameter.Name)).Select(name => $"unknown {name}")
                .Concat(parameters.Where(parameter => parameter.Default is null).Select(parameter => parameter.Name).Except(module.Arguments.Keys).Select(name => $"missing {name}"))
            select $"{file.Name}: {module.Symbol}: {text}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void ModuleOutputs_ThatAreRead_Exist()
    {
        var unknown =
            from file in Templates.All
            let modules = file.Modules.ToDictionary(module => module.Symbol)
            from read in file.Root.All
            where read is { Kind: "member_expression", Children: [{ Kind: "member_expression", Children: [var symbol, { Text: "outputs" }] }, var output] }
                && modules.TryGetValue(symbol.Text, out var module)
                && !Templates.Of(file, module).Outputs.Contains(output.Text)
            select $"{file.Name}:{read.Line}: {read.Text}";

        Assert.Empty(unknown);
    }

    private static HashSet<string> Declared(BicepFile file) =>
    [
        .. file.Parameters.Select(parameter => parameter.Name),
        .. file.Variables.Keys,
        .. file.Modules.Select(module => module.Symbol),
        .. file.Resources.Select(resource => resource.Symbol),
        .. file.Root.All.Where(node => node.Kind == "for_statement").Select(loop => loop.Children[0]).SelectMany(LoopVariables),
    ];

    private static IEnumerable<string> LoopVariables(SyntaxNode node) =>
        node.Kind == "identifier" ? [node.Text] : node.Children.Select(child => child.Text);

    // Identifiers that are neither a declared name, nor a property's key, nor a type, nor a function of the language.
    private static IEnumerable<SyntaxNode> Uses(SyntaxNode node) => node.Kind switch
    {
        "identifier" => [node],
        "type" or "primitive_type" or "array_type" => [],
        "parameter_declaration" or "output_declaration" or "variable_declaration" or "resource_declaration" or "module_declaration" or "object_property" or "for_statement"
            when node.Children[0].Kind is "identifier" or "for_loop_parameters" => node.Children.Skip(1).SelectMany(Uses),
        "call_expression" when node.Children[0].Kind == "identifier" => node.Children.Skip(1).SelectMany(Uses),
        _ => node.Children.SelectMany(Uses),
    };
}
