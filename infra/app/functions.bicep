// The API and the triggers: a function app on Flex Consumption.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('Subnet that calls go out through.')
param subnetId string

@description('Identity of the functions.')
param identityName string

@description('Storage account of the host, of collections, results and queues.')
param storageAccountName string

@description('Container that the code is deployed to.')
param deploymentContainerName string

@description('Vault of the API keys.')
param vaultName string

@description('Application Insights component.')
param applicationInsightsName string

@description('Endpoint of the Durable Task Scheduler.')
param schedulerEndpoint string

@description('Task hub.')
param taskHubName string

@description('Address of the GPU hosts; the platform spreads requests over their replicas.')
param gpuHostUrl string

@description('Redis that the functions share their caches in, as host:port; empty: each instance keeps its own.')
param redisEndpoint string

@description('Where telemetry goes over OTLP; empty: nowhere.')
param otlpEndpoint string

@description('Tenants that have an API key, the secret api-key-NAME.')
param apiTenants string[]

@description('Model that embeds.')
param embedModel string

@description('Model that reranks.')
param rerankModel string

@description('Model that generates.')
param generateModel string

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('Most instances.')
param maximumInstanceCount int

@description('Instances kept warm for HTTP.')
param alwaysReady int

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

var keySettings = [for (tenant, i) in apiTenants: {
  name: 'ApiKeys__${i}__Key'
  value: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=api-key-${tenant})'
}]

var tenantSettings = [for (tenant, i) in apiTenants: {
  name: 'ApiKeys__${i}__Tenant'
  value: tenant
}]

var settings = [
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
  { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.properties.primaryEndpoints.blob }
  { name: 'AzureWebJobsStorage__queueServiceUri', value: storage.properties.primaryEndpoints.queue }
  { name: 'AzureWebJobsStorage__tableServiceUri', value: storage.properties.primaryEndpoints.table }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsights.properties.ConnectionString }
  { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.properties.clientId};Authorization=AAD' }
  { name: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING', value: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}' }
  { name: 'TASKHUB_NAME', value: taskHubName }
  { name: 'GpuPool__Hosts__0', value: gpuHostUrl }
  { name: 'Caching__Redis__Endpoint', value: redisEndpoint }
  { name: 'Caching__Redis__ClientId', value: identity.properties.clientId }
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: otlpEndpoint }
  { name: 'Rag__EmbedModel', value: embedModel }
  { name: 'Rag__RerankModel', value: rerankModel }
  { name: 'Rag__GenerateModel', value: generateModel }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${resourceToken}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: 'func-${resourceToken}'
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identity.id
    httpsOnly: true
    clientAffinityEnabled: false
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
        triggers: {
          http: {
            // As many as host.json lets in at once.
            perInstanceConcurrency: 128
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: concat(settings, keySettings, tenantSettings)
    }
  }

  // Code is deployed with an Entra token, never with a publishing password.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

output NAME string = app.name
output URI string = 'https://${app.properties.defaultHostName}'
