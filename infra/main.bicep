targetScope = 'subscription'

// Hybrid on Azure. This file is the picture: what there is and who gets to know what. Each module holds one concept,
// with the roles on its resources beside them. docs/deploy.md says how to deploy it.

@minLength(1)
@maxLength(40)
@description('Name of this environment, such as hybrid-dev. It is part of the resource group\'s name and makes all other names unique.')
param environmentName string

@minLength(1)
@description('Region of every resource. It must have Flex Consumption, the Durable Task Scheduler and, for a GPU profile, serverless GPUs.')
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Object id of whoever deploys: may publish models and set API keys.')
param principalId string = deployer().objectId

@description('Tenants that get an API key. The key of tenant NAME is the secret api-key-NAME in the vault, which an operator sets.')
param apiTenants string[] = ['default']

@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
@description('What the GPU hosts run on: serverless CPU, or one serverless T4 or A100 for each replica.')
param gpuHostWorkloadProfile string = 'Consumption'

@description('Image of the GPU host. Empty at the very first deployment, when the registry has none yet: then there is no GPU host.')
param gpuHostImage string = ''

@minValue(0)
@description('Replicas of the GPU host that always run. 0 costs nothing at rest, and the first request after a rest waits for a start and the models.')
param gpuHostMinReplicas int = 0

@minValue(1)
@description('Most replicas of the GPU host.')
param gpuHostMaxReplicas int = 2

@description('Model that embeds documents and questions.')
param embedModel string = 'demo-embed'

@description('Model that ranks what was retrieved.')
param rerankModel string = 'demo-rerank'

@description('Model that writes answers.')
param generateModel string = 'demo-generate'

@allowed([512, 2048, 4096])
@description('Memory of one functions instance in MB.')
param functionsInstanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most functions instances.')
param functionsMaximumInstanceCount int = 40

@minValue(0)
@description('Functions instances that are kept warm for HTTP. 0: the first request after a rest waits for a cold start.')
param functionsAlwaysReady int = 0

@allowed(['Consumption', 'Dedicated'])
@description('SKU of the Durable Task Scheduler: pay by use, or reserved capacity.')
param schedulerSku string = 'Consumption'

@description('Addresses that may reach the Durable Task Scheduler. The default is all, for Flex Consumption has no fixed ones; only the functions\' identity has a role there.')
param schedulerIpAllowlist string[] = ['0.0.0.0/0']

@description('Redis SKU, such as Balanced_B0; empty: no Redis.')
param redisSku string = ''

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
@description('Redundancy of the storage account.')
param storageSku string = 'Standard_LRS'

@allowed(['Basic', 'Standard', 'Premium'])
@description('SKU of the container registry.')
param registrySku string = 'Basic'

@description('Reach storage, vault and Redis through private endpoints only. Then models and keys can be set only from inside the network.')
param privateEndpoints bool = false

@description('Keep a deleted vault for 90 days whoever asks to purge it. It cannot be turned off again.')
param purgeProtection bool = false

@description('Address space of the virtual network.')
param networkAddressPrefix string = '10.40.0.0/16'

@minValue(30)
@maxValue(730)
@description('Days that logs are kept.')
param logRetentionDays int = 30

@minValue(1)
@description('Days that results in the results container and finished orchestrations are kept.')
param resultRetentionDays int = 30

@description('Collector that both servers send traces, metrics and logs to over OTLP (gRPC), such as http://collector.internal:4317; empty: none.')
param otlpEndpoint string = ''

@description('Who is mailed when an alert fires; empty: alerts only show in the portal.')
param alertEmail string = ''

var tags = { 'azd-env-name': environmentName }
var resourceToken = toLower(uniqueString(subscription().id, environmentName, location))
var gpuHostName = 'gpu-host'

resource rg 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'app/identities.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
  }
}

module monitoring 'app/monitoring.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    retentionDays: logRetentionDays
    functionsPrincipalId: identities.outputs.FUNCTIONS_PRINCIPAL_ID
  }
}

module network 'app/network.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    addressPrefix: networkAddressPrefix
  }
}

module storage 'app/storage.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    sku: storageSku
    isPrivate: privateEndpoints
    resultRetentionDays: resultRetentionDays
    workspaceId: monitoring.outputs.WORKSPACE_ID
    functionsPrincipalId: identities.outputs.FUNCTIONS_PRINCIPAL_ID
    gpuHostPrincipalId: identities.outputs.GPU_HOST_PRINCIPAL_ID
    deployerPrincipalId: principalId
  }
}

module vault 'app/vault.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    isPrivate: privateEndpoints
    purgeProtection: purgeProtection
    functionsPrincipalId: identities.outputs.FUNCTIONS_PRINCIPAL_ID
    deployerPrincipalId: principalId
  }
}

module scheduler 'app/scheduler.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    sku: schedulerSku
    ipAllowlist: schedulerIpAllowlist
    retentionDays: resultRetentionDays
    functionsPrincipalId: identities.outputs.FUNCTIONS_PRINCIPAL_ID
  }
}

module registry 'app/registry.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    sku: registrySku
    gpuHostPrincipalId: identities.outputs.GPU_HOST_PRINCIPAL_ID
  }
}

module redis 'app/redis.bicep' = if (!empty(redisSku)) {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    sku: redisSku
    isPrivate: privateEndpoints
    functionsPrincipalId: identities.outputs.FUNCTIONS_PRINCIPAL_ID
  }
}

module privateAccess 'app/private-access.bicep' = if (privateEndpoints) {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    networkId: network.outputs.ID
    subnetId: network.outputs.PRIVATE_ENDPOINTS_SUBNET_ID
    storageId: storage.outputs.ID
    vaultId: vault.outputs.ID
    redisId: redis.?outputs.ID ?? ''
  }
}

module containerApps 'app/container-apps.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    networkId: network.outputs.ID
    subnetId: network.outputs.CONTAINER_APPS_SUBNET_ID
    workloadProfile: gpuHostWorkloadProfile
    workspaceId: monitoring.outputs.WORKSPACE_ID
  }
}

module alerts 'app/alerts.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    email: alertEmail
    workspaceId: monitoring.outputs.WORKSPACE_ID
    poisonQueueName: storage.outputs.POISON_QUEUE_NAME
  }
}

// `azd deploy gpu-host` deploys the same module after it has pushed an image (azure.yaml), so the numbers travel as text.
module gpuHost 'app/gpu-host.bicep' = if (!empty(gpuHostImage)) {
  scope: rg
  params: {
    name: gpuHostName
    environmentName: environmentName
    location: location
    image: gpuHostImage
    workloadProfile: gpuHostWorkloadProfile
    minReplicas: string(gpuHostMinReplicas)
    maxReplicas: string(gpuHostMaxReplicas)
    containerAppsEnvironmentName: containerApps.outputs.NAME
    identityName: identities.outputs.GPU_HOST_NAME
    registryName: registry.outputs.NAME
    storageAccountName: storage.outputs.NAME
    alertActionGroupId: alerts.outputs.ACTION_GROUP_ID
    otlpEndpoint: otlpEndpoint
  }
}

module functions 'app/functions.bicep' = {
  scope: rg
  params: {
    location: location
    tags: tags
    resourceToken: resourceToken
    subnetId: network.outputs.FUNCTIONS_SUBNET_ID
    identityName: identities.outputs.FUNCTIONS_NAME
    storageAccountName: storage.outputs.NAME
    deploymentContainerName: storage.outputs.DEPLOYMENT_CONTAINER_NAME
    vaultName: vault.outputs.NAME
    applicationInsightsName: monitoring.outputs.APPLICATION_INSIGHTS_NAME
    schedulerEndpoint: scheduler.outputs.ENDPOINT
    taskHubName: scheduler.outputs.TASK_HUB_NAME
    gpuHostUrl: 'https://${gpuHostName}.${containerApps.outputs.DEFAULT_DOMAIN}'
    redisEndpoint: redis.?outputs.ENDPOINT ?? ''
    otlpEndpoint: otlpEndpoint
    apiTenants: apiTenants
    embedModel: embedModel
    rerankModel: rerankModel
    generateModel: generateModel
    instanceMemoryMB: functionsInstanceMemoryMB
    maximumInstanceCount: functionsMaximumInstanceCount
    alwaysReady: functionsAlwaysReady
  }
}

// azd keeps these for its next steps; those that app/gpu-host.parameters.json and azure.yaml name are read by it.
@description('Region of every resource.')
output AZURE_LOCATION string = location
@description('Resource group of every resource.')
output AZURE_RESOURCE_GROUP string = rg.name
@description('Where images are pushed.')
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.LOGIN_SERVER
@description('Name of the registry.')
output AZURE_CONTAINER_REGISTRY_NAME string = registry.outputs.NAME
@description('Name of the Container Apps environment.')
output AZURE_CONTAINER_APPS_ENVIRONMENT_NAME string = containerApps.outputs.NAME
@description('Vault that holds the API keys.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.NAME
@description('Storage account of models, collections, results and queues.')
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.NAME
@description('Where alerts are sent.')
output ALERT_ACTION_GROUP_ID string = alerts.outputs.ACTION_GROUP_ID
@description('Where telemetry goes over OTLP; empty: nowhere.')
output OTLP_ENDPOINT string = otlpEndpoint
@description('Name of the GPU host\'s identity.')
output GPU_HOST_IDENTITY_NAME string = identities.outputs.GPU_HOST_NAME
@description('Name of the GPU host\'s container app.')
output GPU_HOST_NAME string = gpuHostName
@description('What the GPU host runs on.')
output GPU_HOST_WORKLOAD_PROFILE string = gpuHostWorkloadProfile
@description('Which image the GPU host needs: cpu or cuda.')
output GPU_HOST_RUNTIME string = gpuHostWorkloadProfile == 'Consumption' ? 'cpu' : 'cuda'
@description('Replicas of the GPU host that always run.')
output GPU_HOST_MIN_REPLICAS string = string(gpuHostMinReplicas)
@description('Most replicas of the GPU host.')
output GPU_HOST_MAX_REPLICAS string = string(gpuHostMaxReplicas)
@description('Name of the function app.')
output SERVICE_FUNCTIONS_NAME string = functions.outputs.NAME
@description('Where the API answers.')
output SERVICE_FUNCTIONS_URI string = functions.outputs.URI
@description('Where Redis answers; empty when there is none.')
output REDIS_ENDPOINT string = redis.?outputs.ENDPOINT ?? ''
